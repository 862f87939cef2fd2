// Snippets of the fake registry: of the app's own only their looks.
import type { RegisteredModel, UseIt, WhichVersion } from './bindings';

export function useItOf(model: RegisteredModel, which: WhichVersion): UseIt {
  const held = model.aliases.find(({ alias }) => which.kind === 'alias' && alias === which.of);
  const version = which.kind === 'version' ? which.of : (held?.version ?? '?');
  const uri =
    which.kind === 'alias' ? `models:/${model.name}@${which.of}` : `models:/${model.name}/${version}`;
  const exports = `export MLFLOW_TRACKING_URI='https://mlflow.vision.example'\n: "\${MLFLOW_TRACKING_TOKEN:?is to be set before}"\n`;
  const ask = (port: number) =>
    `until curl --silent --fail --output /dev/null http://127.0.0.1:${port}/ping; do sleep 1; done\ncurl --silent --show-error --fail --header 'Content-Type: application/json' \\\n  --data @- http://127.0.0.1:${port}/invocations <<'JSON'\n{"dataframe_split":{"columns":["tenure_months","monthly_fee"],"data":[[14.0,39.9]]}}\nJSON\n`;
  return {
    version,
    uri,
    snippets: [
      {
        kind: 'load',
        file: 'load.py',
        text: `import mlflow\nimport pandas\nimport mlflow.sklearn\n\n# MLFLOW_TRACKING_TOKEN is read from the environment.\nmlflow.set_tracking_uri("https://mlflow.vision.example")\n\n# "${model.name}": version ${version}.\nmodel = mlflow.pyfunc.load_model("${uri}")\n\ndata = pandas.DataFrame([[14.0, 39.9]], columns=["tenure_months", "monthly_fee"])\nprint(model.predict(data))\n\n# The same with all that sklearn knows of it.\nnative = mlflow.sklearn.load_model("${uri}")\n`,
      },
      {
        kind: 'serve',
        file: 'serve.sh',
        text: `${exports}\nmlflow models serve \\\n  --model-uri '${uri}' \\\n  --host 127.0.0.1 --port 5001 \\\n  --env-manager local &\nserving=$!\n\n${ask(5001)}\nwait "$serving"\n`,
      },
      {
        kind: 'dockerfile',
        file: 'Dockerfile',
        text: 'FROM python:3.11.7-slim\n\nCOPY model/requirements.txt /opt/model/requirements.txt\nRUN pip install --no-cache-dir -r /opt/model/requirements.txt\nCOPY model /opt/model\n\nUSER 10001\nEXPOSE 8080\nCMD ["mlflow", "models", "serve", "--model-uri", "/opt/model", "--host", "0.0.0.0", "--port", "8080", "--env-manager", "local"]\n',
      },
      {
        kind: 'docker',
        file: 'docker.sh',
        text: `#!/bin/sh\nset -eu\n${exports}\nmkdir model\nmlflow artifacts download --artifact-uri '${uri}' --dst-path model\ndocker build --tag ${model.name}:v${version} .\ndocker run --detach --rm --publish 127.0.0.1:8080:8080 ${model.name}:v${version}\n\n${ask(8080)}`,
      },
      {
        kind: 'kubernetes',
        file: 'deployment.yaml',
        text: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${model.name}\nspec:\n  replicas: 2\n`,
      },
      {
        kind: 'ci',
        file: 'promote.yml',
        text: `name: "Promote ${model.name} to champion"\non:\n  workflow_dispatch:\n`,
      },
    ],
    remarks: ['Secrets are not filled in: MLFLOW_TRACKING_TOKEN.'],
  };
}
