"""Reads snippets as their own programs do. The cases are in the file that is named; a wrong one ends it."""

import ast
import json
import re
import subprocess
import sys

import yaml
from mlflow.models.utils import _enforce_schema
from mlflow.pyfunc.scoring_server import infer_and_parse_data
from mlflow.types.schema import Schema

NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
INSTRUCTIONS = {"FROM", "LABEL", "ENV", "RUN", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
requests = 0


def python(case):
    tree = ast.parse(case["text"])
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    loads = [call for call in calls if getattr(call.func, "attr", "") == "load_model"]
    assert len(loads) == 2 and all(call.args[0].value == case["uri"] for call in loads)
    imported = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & {"numpy", "pandas", "os", "mlflow"}
    assert used <= imported, (used, imported)


def shell(case):
    subprocess.run(["sh", "-n"], input=case["text"], text=True, check=True)
    check_request(case)


def check_request(case):
    """The content of the request is one that MLflow's server takes for this signature."""
    global requests
    body = re.search(r"<<'JSON'\n(.*)\nJSON\n", case["text"])
    program = re.search(r"python3 -c '(.*?)' \|", case["text"], re.DOTALL)
    text = body[1] if body else subprocess.check_output([sys.executable, "-c", program[1]], text=True)
    content = json.loads(text)
    requests += 1
    if case["inputs"] is None:
        assert content == {"inputs": []}
        return
    schema = Schema.from_json(json.dumps(case["inputs"]))
    content.pop("params", None)
    data = infer_and_parse_data(content, schema)
    _enforce_schema(data, schema)


def dockerfile(case):
    text = case["text"].replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0].startswith("FROM "), lines[0]
    for line in lines:
        assert line.split()[0] in INSTRUCTIONS, line
        if line.startswith("CMD "):
            assert json.loads(line[4:])[0] == "mlflow"


def kubernetes(case):
    deployment, service, ingress = yaml.safe_load_all(case["text"])
    assert [each["kind"] for each in (deployment, service, ingress)] == ["Deployment", "Service", "Ingress"]
    assert deployment["metadata"]["annotations"]["podium/model"] == case["model"]
    names = {each["metadata"]["name"] for each in (deployment, service, ingress)}
    assert len(names) == 1 and all(NAME.fullmatch(name) for name in names), names
    pod = deployment["spec"]["template"]
    assert pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    container = pod["spec"]["containers"][0]
    ports = {port["name"] for port in container["ports"]}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] in ports
    assert service["spec"]["ports"][0]["targetPort"] in ports
    assert set(container["resources"]) == {"requests", "limits"}
    assert all(isinstance(amount, str) for part in container["resources"].values() for amount in part.values())
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] in names and backend["port"]["name"] == service["spec"]["ports"][0]["name"]


def ci(case):
    workflow = yaml.safe_load(case["text"])
    # YAML 1.1 reads `on` as true; GitHub does not.
    assert set(workflow[True]["workflow_dispatch"]["inputs"]) == {"version", "reason"}
    job = workflow["jobs"]["promote"]
    given = job["env"]
    assert given["MODEL"].replace("${{ '${{' }}", "${{") == case["model"]
    for key, value in given.items():
        rest = value.replace("${{ '${{' }}", "")
        ours = {"VERSION", "REASON", "MLFLOW_TRACKING_TOKEN"}
        assert "${{" not in rest or key in ours, (key, value)
    for step in job["steps"]:
        assert "${{" not in step["run"]
        subprocess.run(["sh", "-n"], input=step["run"], text=True, check=True)


CHECKS = {
    "Load": python,
    "Serve": shell,
    "Docker": shell,
    "Dockerfile": dockerfile,
    "Kubernetes": kubernetes,
    "Ci": ci,
}
cases = json.load(open(sys.argv[1], encoding="utf-8"))
for case in cases:
    try:
        CHECKS[case["kind"]](case)
    except Exception:
        print(f"{case['kind']} of {case['model']!r} is wrong:\n{case['text']}")
        raise
print(f"{len(cases)} snippets, {requests} requests")
