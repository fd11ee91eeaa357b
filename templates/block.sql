
-- {{ title }}{% if let Some(place) = place %} ({{ place }}){% endif %}
{%- for hazard in hazards %}
-- hazard {{ hazard }}
{%- endfor %}
{%- for statement in statements %}
{%- if statement.autocommit %}
-- autogen: autocommit
{%- endif %}
{{ statement.sql }}{% if self.ends_in_comment(statement) %}
{% endif %};
{%- endfor %}

