
{%- for title in titles %}
-- {{ title.text }}{% if let Some(place) = title.place %} ({{ place }}){% endif %}
{%- for hazard in title.hazards %}
-- hazard {{ hazard }}
{%- endfor %}
{%- endfor %}
{%- for statement in statements %}
{%- if statement.autocommit %}
-- autogen: autocommit
{%- endif %}
{{ statement.sql }}{% if self.ends_in_comment(statement) %}
{% endif %};
{%- endfor %}

