-- Runs that stopped half way: fewer steps finished than there are. A run whose first step failed has left nothing.
select revision, direction, count(finished_at)::integer as finished, max(steps) as steps
from autogen_journal j
group by revision, direction
having count(finished_at) < max(steps)
  and (count(finished_at) > 0 or bool_or(to_jsonb(j) ->> 'failed_at' is null))
order by max(started_at);
