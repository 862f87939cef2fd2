// The datasets of a run during development: a table, arrays, and one whose schema and profile nobody understands.
import type { DatasetInput } from './bindings';

const columns = ['age', 'tenure_months', 'plan', 'monthly_charge', 'churned'].map((name, i) => ({
  type: ['long', 'long', 'string', 'double', 'boolean'][i],
  name,
  required: i !== 2,
}));
const tensor = (dtype: string, shape: number[]) => [{ type: 'tensor', 'tensor-spec': { dtype, shape } }];

export const DATASETS: DatasetInput[] = [
  {
    name: 'shelf-2025',
    digest: 'a91c22f0',
    sourceType: 's3',
    source: '{"uri":"s3://data/shelf/2025-11-02/train.parquet"}',
    schema: JSON.stringify({ mlflow_colspec: columns }),
    profile: '{"num_rows":1204566,"num_elements":6022830}',
    context: 'train',
  },
  {
    name: 'shelf-images',
    digest: '77e0b1d2',
    sourceType: 'code',
    source: '{"tags":{"mlflow.user":"mika","mlflow.source.name":"train.py"}}',
    schema: JSON.stringify({
      mlflow_tensorspec: {
        features: JSON.stringify(tensor('uint8', [-1, 224, 224, 3])),
        targets: JSON.stringify(tensor('int64', [-1])),
      },
    }),
    profile: '{"features_shape":[50000,224,224,3],"features_nbytes":7526400000,"targets_shape":[50000]}',
    context: 'eval',
  },
  {
    name: 'handmade',
    digest: '00ff',
    sourceType: 'local',
    source: 'not even JSON',
    schema: '{"columns": "see the wiki"}',
    profile: '[1, 2, 3]',
    context: null,
  },
];
