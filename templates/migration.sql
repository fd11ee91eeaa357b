-- {{ message }}
--
-- Revision ID: {{ id }}
-- Revises:{% if !parents.is_empty() %} {{ parents }}{% endif %}
-- Create Date: {{ create_date }}
{%- if !branch_labels.is_empty() %}
-- Branch Labels: {{ branch_labels }}
{%- endif %}
{%- if !depends_on.is_empty() %}
-- Depends On: {{ depends_on }}
{%- endif %}
{%- if !replaces.is_empty() %}
-- Replaces: {{ replaces }}
{%- endif %}
{% for rename in renames %}
-- autogen: rename {{ rename }}
{%- endfor %}
{%- if !renames.is_empty() %}
{% endif %}
-- autogen: upgrade
{% for block in upgrade %}{{ block|safe }}{% endfor %}
-- autogen: downgrade
{% for block in downgrade %}{{ block|safe }}{% endfor -%}
