-- Runs that stopped half way: fewer steps finished than there are.
select revision, direction, count(finished_at)::integer as finished, max(steps) as steps
from autogen_journal
group by revision, direction
having count(finished_at) < max(steps)
order by max(started_at);
