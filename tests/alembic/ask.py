#!/usr/bin/env python3
"""Asks Alembic itself what it does with revision graphs, and writes its answers to answers.json.

    pip install alembic sqlalchemy && python3 tests/alembic/ask.py

A graph is a drawing, `id:parent+parent!dependency#label`, as in the tests of src/revision. Each is written as a folder of
revisions that do nothing; the commands run on an SQLite database in memory. `at` are the targets that were upgraded to
before; `steps` is what Alembic ran, `after` what counts as applied then, `error` the class of what it raised.
"""

import contextlib
import io
import itertools
import json
import pathlib
import shutil
import sys
import tempfile
import warnings

import alembic
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

HERE = pathlib.Path(__file__).parent

ENV = """
from alembic import context
attributes = context.config.attributes
context.configure(connection=attributes["connection"], on_version_apply=attributes["seen"])
with context.begin_transaction():
    context.run_migrations()
"""

# The new revision is only looked at for what it comes after.
MAKO = """revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
def upgrade(): pass
def downgrade(): pass
"""

GRAPHS = {
    "line": "a:, b:a, c:b, d:c, e:d",
    "partial": "3f1a90:, 3f1b22:3f1a90, 9c0de1:3f1b22, 9c0df7:9c0de1, ab12ab:9c0df7",
    "fork": "a:, b:a#left, c:a#right, d:c, e:b",
    "diamond": "a:, b:a#left, c:a#right, d:b+c, e:d",
    "bases": "a:#one, b:a, x:#two, y:x, z:y",
    "depends": "a:#one, b:a, c:b, x:#two, y:x!b, z:y",
    "depends on a label": "a:#one, b:a, x:#two, y:x!one",
    "ladder": "a:, b:a, c:a, d:b+c, e:d, f:d, g:e+f",
    "three": "a:, b:a#left, c:a#middle, d:a#right, e:b+c, f:d",
    "merge of bases": "a:#one, x:#two, m:a+x, n:m, o:m",
    "depends across": "a:, b:a#left, c:a#right, d:b!c, e:c",
    "late label": "a:, b:a, c:b#late, d:b, e:c",
    "depends on a head": "a:#one, b:a!y, x:#two, y:x",
    "one": "a:",
    "none": "",
}

# States to start from: the targets of earlier upgrades.
STATES = {
    "line": [[], ["b"], ["d"], ["e"]],
    "partial": [[], ["9c0de1"], ["ab12ab"]],
    "fork": [[], ["a"], ["b"], ["d"], ["b", "c"], ["heads"]],
    "diamond": [[], ["a"], ["b"], ["b", "c"], ["d"], ["e"]],
    "bases": [[], ["a"], ["y"], ["b", "x"], ["heads"]],
    "depends": [[], ["b"], ["x"], ["y"], ["c", "x"], ["heads"]],
    "depends on a label": [[], ["a"], ["y"], ["heads"]],
    "ladder": [[], ["b"], ["d"], ["e"], ["e", "f"], ["g"]],
    "three": [[], ["b", "c"], ["f"], ["e"], ["heads"]],
    "merge of bases": [[], ["a"], ["a", "x"], ["m"], ["heads"]],
    "depends across": [[], ["b"], ["d"], ["e"], ["heads"]],
    "depends on a head": [[], ["a"], ["y"], ["heads"]],
    "late label": [[], ["b"], ["c"], ["heads"]],
    "one": [[], ["a"]],
    "none": [[]],
}

BROKEN = {
    "loop": "a:a",
    "loop above": "a:, b:b",
    "cycle": "a:b, b:a",
    "cycle above": "a:, b:a+d, c:b, d:c",
    "dependency loop": "a:, b:a!b",
    "dependency cycle": "a:, b:a!c, c:b",
    "dependency cycle of branches": "a:, b:a!d, c:, d:c!b",
    "duplicate": "a:, b:a, b:a",
    "missing parent": "a:, b:z",
    "missing dependency": "a:, b:a!z",
    "label twice": "a:#x, b:a, c:#x",
    "label like an id": "a:, b:a#a",
}


def parse(drawing):
    for item in filter(None, (item.strip() for item in drawing.split(","))):
        item, _, label = item.partition("#")
        item, _, depends = item.partition("!")
        name, _, parents = item.partition(":")
        split = lambda text: [part for part in text.split("+") if part]
        yield name, split(parents), split(depends), split(label)


def write(folder, drawing):
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text(MAKO)
    for number, (name, parents, depends, labels) in enumerate(parse(drawing)):
        tupled = lambda values: None if not values else values[0] if len(values) == 1 else tuple(values)
        text = f'"""message of {name}"""\nrevision = {name!r}\ndown_revision = {tupled(parents)!r}\n'
        text += f"branch_labels = {tupled(labels)!r}\ndepends_on = {tupled(depends)!r}\n"
        text += "def upgrade(): pass\ndef downgrade(): pass\n"
        (folder / "versions" / f"{number:02}_{name}.py").write_text(text)


class Project:
    """A folder of revisions and an empty database."""

    def __init__(self, drawing):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alembic-"))
        write(self.folder / "script", drawing)
        self.out = io.StringIO()
        self.config = Config(stdout=self.out)
        self.config.set_main_option("script_location", str(self.folder / "script"))
        self.config.set_main_option("path_separator", "os")
        self.connection = create_engine("sqlite://").connect()
        self.steps, self.applied = [], set()
        self.config.attributes["connection"] = self.connection
        self.config.attributes["seen"] = self.seen

    def seen(self, ctx, step, heads, run_args):
        if step.is_stamp:
            return
        self.steps.append(step.up_revision_id)
        (self.applied.add if step.is_upgrade else self.applied.discard)(step.up_revision_id)

    def rows(self):
        result = self.connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY version_num")
        return [row[0] for row in result]

    def close(self):
        self.connection.close()
        shutil.rmtree(self.folder)


def cause(error):
    """The class that tells what went wrong; CommandError only wraps it."""
    while error.__cause__ is not None and type(error).__name__ == "CommandError":
        error = error.__cause__
    return type(error).__name__, " ".join(str(error).split())


def ask(drawing, state, verb, targets):
    project = Project(drawing)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for target in state:
                command.upgrade(project.config, target)
            before = sorted(project.applied)
            project.steps.clear()
            answer = {"command": verb, "at": before, "target": " ".join(targets)}
            try:
                answer.update(RUN[verb](project, targets))
            except SystemExit:
                answer["error"] = "CommandError"
            except Exception as error:
                name, text = cause(error)
                answer["error"], answer["says"] = name, text[:60]
        return answer
    finally:
        project.close()


class Model:
    """Who comes after whom, for what we do otherwise than Alembic: sets, and no more."""

    def __init__(self, drawing):
        self.revisions = {name: (parents, depends, labels) for name, parents, depends, labels in parse(drawing)}
        self.labels = {label: name for name, (_, _, labels) in self.revisions.items() for label in labels}

    def parents(self, name):
        return self.revisions[name][0]

    def needs(self, name):
        parents, depends, _ = self.revisions[name]
        return set(parents) | {self.labels.get(it, it) for it in depends}

    def children(self, name):
        return [it for it in self.revisions if name in self.parents(it)]

    def closure(self, start, step):
        seen, open_ = set(), list(start)
        while open_:
            name = open_.pop()
            if name not in seen:
                seen.add(name)
                open_ += step(name)
        return seen

    def up_to(self, names):
        return self.closure(names, self.needs)

    def down_from(self, names):
        return self.closure(names, lambda name: [it for it in self.revisions if name in self.needs(it)])

    def branch(self, label):
        name = self.labels[label]
        own = self.closure([name], self.children)
        while len(self.parents(name)) == 1 and len(self.children(self.parents(name)[0])) == 1:
            name = self.parents(name)[0]
            own.add(name)
        return own

    def heads(self, among):
        return [it for it in among if not any(it in self.needs(other) for other in among)]


def differs(drawing, answer):
    """Where we do otherwise on purpose: why, and what."""
    model, verb, target, at = Model(drawing), answer["command"], answer["target"], set(answer["at"])
    taken = lambda names: sorted(at & model.down_from(names))
    label, _, rest = target.partition("@")
    if "nosuch" in target and "error" not in answer:
        return {"differs": "Alembic does not look whether the branch exists", "ours": ["there is no branch"]}
    if verb == "downgrade" and rest == "base" and label in model.labels:
        ours = taken(model.branch(label))
        if set(answer["steps"]) != set(ours):
            return {"differs": "LABEL@base means the branch down to its fork, not what others stand on", "ours": ours}
    if verb == "stamp" and rest == "base" and label in model.labels:
        ours = sorted(at - set(taken(model.branch(label))))
        if model.up_to(filter(None, answer["rows"])) != set(ours):
            return {"differs": "LABEL@base means the branch down to its fork, not what others stand on", "ours": ours}
    if verb == "downgrade" and target.startswith("-"):
        heads = model.heads(at)
        if len(heads) > 1:
            return {"differs": "Alembic warns that it will refuse -N from several heads", "ours": ["-N is ambiguous: several heads"]}
    if verb == "downgrade" and answer.get("says") == "Ambiguous walk" and (target.startswith("-") or rest.startswith("-")):
        at_now, = [it for it in model.heads(at) if not label in model.labels or it in model.closure([model.labels[label]], model.children)]
        steps = int(rest or target)
        while steps < -1 and len(model.parents(at_now)) == 1:
            at_now, steps = model.parents(at_now)[0], steps + 1
        if steps == -1:
            why = "one revision is to be taken back, and a merge is one; only going on below it is ambiguous"
            return {"differs": why, "ours": taken([at_now])}
    if verb == "downgrade" and target.endswith("-1") and target[:-2] in model.revisions and not model.parents(target[:-2]):
        ours = taken([target[:-2]])
        if set(answer["steps"]) != set(ours):
            return {"differs": "before a base lies its own history; the others stay", "ours": ours}
    if verb == "downgrade" and answer.get("says", "").startswith("Revision Nothing to drop"):
        name = target[:-2] if target.endswith(("-1", "+1")) else target
        name = next(it for it in model.revisions if it.startswith(name))
        if target.endswith("-1"):
            name = model.parents(name)[0]
        if target.endswith("+1"):
            name = model.children(name)[0]
        if name in at:
            return {"differs": "nothing to do is no error", "ours": []}
    if verb == "stamp" and " " in target:
        names = target.split()
        if any(a != b and a in model.up_to([b]) for a in names for b in names):
            why = "Alembic notes both, and refuses every later command because they overlap"
            return {"differs": why, "ours": ["revision overlaps with another"]}
        if at:
            ours = sorted(at - model.down_from(names) | model.up_to(names))
            if "rows" not in answer or model.up_to(filter(None, answer["rows"])) != set(ours):
                return {"differs": "Alembic fails on a key, or forgets a branch that was not named", "ours": ours}
    if verb == "stamp" and "rows" in answer and (target in model.revisions or target == "heads"):
        names = model.heads(model.revisions) if target == "heads" else [target]
        ours = sorted(at - model.down_from(names) | model.up_to(names))
        if model.up_to(answer["rows"]) != set(ours):
            why = "what a downgrade to it would leave; Alembic forgets the other side of a merge or dependency"
            return {"differs": why, "ours": ours}
    if verb == "merge" and len(answer.get("parents", [1, 2])) < 2:
        return {"differs": "a merge of one head would join nothing", "ours": ["there is nothing to join"]}
    if verb == "history" and target == "-2:" and len(model.heads(model.revisions)) > 1:
        return {"differs": "Alembic has an answer of its own for each graph", "ours": ["-2 is ambiguous: several heads"]}
    if verb == "history" and answer.get("says", "").startswith("Revision -2 is not an ancestor"):
        return {"differs": "two steps back from the second revision lies the base", "ours": sorted(model.revisions)}
    if verb == "history" and target == "-2:" and "branch: 'heads'" in answer.get("says", ""):
        return {"differs": "the message means something else", "ours": ["-2 goes too far"]}
    if verb == "history" and answer.get("error") == "AssertionError":
        first, last = target.split(":")
        starts = model.heads(at) if first == "current" else [first]
        ours = model.down_from(starts) & model.up_to([last]) if last else model.closure(starts, model.children)
        return {"differs": "Alembic fails on an assertion", "ours": sorted(ours, key=list(model.revisions).index, reverse=True)}
    return {}


def upgrade(project, targets):
    command.upgrade(project.config, targets[0])
    return {"steps": list(project.steps)}


def downgrade(project, targets):
    command.downgrade(project.config, targets[0])
    return {"steps": list(project.steps)}


def stamp(project, targets):
    command.stamp(project.config, targets if len(targets) > 1 else targets[0])
    return {"rows": project.rows()}


def history(project, targets):
    command.history(project.config, rev_range=targets[0])
    ids = [line.split(" -> ")[1].split(",")[0].split()[0] for line in project.out.getvalue().splitlines() if " -> " in line]
    return {"steps": ids}


def show(project, targets):
    command.show(project.config, targets[0])
    lines = project.out.getvalue().splitlines()
    return {"steps": [line.split()[1] for line in lines if line.startswith("Rev: ")]}


def create(project, targets):
    options = {"head": targets[0], "splice": "--splice" in targets[1:]}
    script = command.revision(project.config, "new", rev_id="new", **options)
    down = script.down_revision
    return {"parents": sorted([down] if isinstance(down, str) else down or [])}


def merge(project, targets):
    script = command.merge(project.config, targets, message="new", rev_id="new")
    down = script.down_revision
    return {"parents": sorted([down] if isinstance(down, str) else down or [])}


def heads(project, targets):
    command.heads(project.config, resolve_dependencies="--resolve-dependencies" in targets)
    return {"parents": sorted(line.split()[0] for line in project.out.getvalue().splitlines() if line)}


def branches(project, targets):
    command.branches(project.config)
    lines = project.out.getvalue().splitlines()
    return {"parents": sorted(line.split()[0] for line in lines if line and not line.startswith(" "))}


RUN = {
    "upgrade": upgrade,
    "downgrade": downgrade,
    "stamp": stamp,
    "history": history,
    "show": show,
    "create": create,
    "merge": merge,
    "heads": heads,
    "branches": branches,
}


def targets_of(name, drawing):
    revisions = list(parse(drawing))
    ids = [revision[0] for revision in revisions]
    labels = [label for revision in revisions for label in revision[3]]
    some = ids[:: max(1, len(ids) // 3)]
    if name == "partial":
        ids = some = ["3f1a90", "3f1b", "9c0", "9c0d", "9c0de1", "9c0df", "ab12ab", "3", "3f1", "zzz"]
    up = ["head", "heads", "+1", "+2", "+9"] + ids + [f"{it}+1" for it in some] + [f"{it}-1" for it in some]
    down = ["base", "-1", "-2", "-9"] + ids + [f"{it}-1" for it in some] + [f"{it}+1" for it in some[:1]]
    for label in labels:
        up += [f"{label}@head", f"{label}@+1", f"{label}@+2", f"{label}"]
        down += [f"{label}@base", f"{label}@-1", f"{label}@-2"]
    up += ["nosuch", "nosuch@head"] + [f"{label}@{it}" for label in labels[:1] for it in ids[:2]]
    down += ["nosuch", "nosuch@base"]
    stamps = [["head"], ["heads"], ["base"]] + [[it] for it in ids] + [[f"{label}@head"] for label in labels]
    stamps += [[f"{label}@base"] for label in labels[:1]] + [["nosuch"]]
    if name != "partial":
        stamps += [list(pair) for pair in itertools.combinations(ids, 2)][::3]
    ranges = ["base:head", "base:heads", ":", f"{ids[0] if ids else 'a'}:", "-2:", "current:", ":current"]
    ranges += [f"{ids[0]}:{it}" for it in ids] + [f":{it}" for it in some] if ids else []
    ranges += [f"{ids[-1]}:{ids[0]}"] if len(ids) > 1 else []
    creates = [["head"], ["heads"], ["base"]] + [[it] for it in ids] + [[it, "--splice"] for it in ids]
    creates += [[f"{label}@head"] for label in labels] + [[f"{label}@base"] for label in labels[:1]] + [["nosuch"]]
    merges = [["heads"]] + [list(pair) for pair in itertools.combinations(ids, 2)][:: 3] if ids else [["heads"]]
    shows = ids[:2] + ["head", "heads", "base", "current", "nosuch", "base:head"] + [f"{label}@head" for label in labels[:1]]
    return up, down, stamps, ranges, creates, merges, shows


def answers():
    for name, drawing in GRAPHS.items():
        up, down, stamps, ranges, creates, merges, shows = targets_of(name, drawing)
        cases = []
        for number, state in enumerate(STATES[name]):
            cases += [(state, "upgrade", [target]) for target in dict.fromkeys(up)]
            cases += [(state, "downgrade", [target]) for target in dict.fromkeys(down)]
            # Every start would say the same thing again.
            if number % 2 == 0:
                cases += [(state, "stamp", target) for target in stamps]
        last = STATES[name][len(STATES[name]) // 2]
        cases += [(last, "history", [target]) for target in dict.fromkeys(ranges)]
        cases += [(last, "show", [target]) for target in dict.fromkeys(shows)]
        cases += [([], "create", target) for target in creates]
        cases += [([], "merge", target) for target in merges]
        cases += [([], "heads", []), ([], "heads", ["--resolve-dependencies"]), ([], "branches", [])]
        yield name, drawing, [ask(drawing, *case) for case in cases]


def broken():
    for name, drawing in BROKEN.items():
        project = Project(drawing)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            answer = {"name": name, "graph": drawing}
            try:
                ScriptDirectory.from_config(project.config).get_heads()
            except Exception as error:
                answer["error"], answer["says"] = cause(error)
            if warned:
                answer["warns"] = str(warned[0].message)
        project.close()
        yield answer


def write_answers(version, graphs, wrong):
    lines = [f'{{"alembic": {one_line(version)}, "graphs": [']
    parts = []
    for name, drawing, cases in graphs:
        rows = ",\n".join(f"  {one_line(case | differs(drawing, case))}" for case in cases)
        parts.append(f' {{"name": {one_line(name)}, "graph": {one_line(drawing)}, "cases": [\n{rows}\n ]}}')
    lines.append(",\n".join(parts))
    lines.append('], "broken": [')
    lines.append(",\n".join(f" {one_line(answer)}" for answer in wrong))
    lines.append("]}")
    (HERE / "answers.json").write_text("\n".join(lines) + "\n")


def rules_only():
    """Writes down again where we do otherwise, without asking again."""
    old = json.loads((HERE / "answers.json").read_text())
    keep = lambda case: {key: value for key, value in case.items() if key not in ("differs", "ours")}
    graphs = [(it["name"], it["graph"], [keep(case) for case in it["cases"]]) for it in old["graphs"]]
    write_answers(old["alembic"], graphs, old["broken"])


def one_line(value):
    return json.dumps(value, ensure_ascii=False)


def main():
    with contextlib.redirect_stdout(io.StringIO()):
        graphs, wrong = list(answers()), list(broken())
    (HERE / "answers.json").write_text(json.dumps({"alembic": alembic.__version__, "broken": wrong, "graphs": [
        {"name": name, "graph": drawing, "cases": cases} for name, drawing, cases in graphs
    ]}))
    rules_only()
    print(sum(len(cases) for _, _, cases in graphs), "cases,", len(wrong), "broken graphs, of Alembic", alembic.__version__)


if __name__ == "__main__":
    rules_only() if sys.argv[1:] == ["--rules"] else main()
