// The schema and the profile of a dataset as MLflow logs them: JSON texts of several shapes. Pure; what is not understood
// stays the text that it is.
export interface SchemaColumn {
  /** Empty where the schema has types only. */
  name: string;
  type: string;
  optional: boolean;
}
/** A table has one part without a title; arrays have features and, some, targets. */
export interface SchemaPart {
  title: string;
  columns: SchemaColumn[];
}
export type ReadSchema = { parts: SchemaPart[] } | { text: string };

export interface ProfileRow {
  key: string;
  value: string;
}
export type ReadProfile = { rows: ProfileRow[] } | { text: string };

type Json = unknown;

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
function field(of: Json, key: string): Json {
  return typeof of === 'object' && of !== null && Object.hasOwn(of, key)
    ? (of as Record<string, Json>)[key]
    : undefined;
}
const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

export function readSchema(schema: string): ReadSchema {
  const read = parsed(schema);
  const table = columnsOf(field(read, 'mlflow_colspec'));
  if (table) return { parts: [{ title: '', columns: table }] };
  const tensors = field(read, 'mlflow_tensorspec');
  const parts = (['features', 'targets'] as const).flatMap((title): (SchemaPart | undefined)[] => {
    const of = field(tensors, title);
    if (of === undefined || of === null) return [];
    const columns = columnsOf(of);
    return [columns && { title, columns }];
  });
  return parts.length > 0 && parts.every((part) => part !== undefined)
    ? { parts: parts as SchemaPart[] }
    : { text: schema };
}

/** A list of columns, or the text of one: MLflow has written both. */
function columnsOf(of: Json): SchemaColumn[] | undefined {
  const all = typeof of === 'string' ? parsed(of) : of;
  if (!Array.isArray(all)) return undefined;
  const columns = all.map((column: Json): SchemaColumn | undefined => {
    const type = typeOf(column);
    const name = field(column, 'name');
    if (type === undefined || (name !== undefined && name !== null && typeof name !== 'string'))
      return undefined;
    return { name: name ?? '', type, optional: field(column, 'required') === false };
  });
  return columns.every((column) => column !== undefined) ? (columns as SchemaColumn[]) : undefined;
}

/** "long", "array of string", "float32 [−1, 28]"; what is more is told as JSON. */
function typeOf(column: Json): string | undefined {
  const type = field(column, 'type');
  if (type === 'tensor') {
    const spec = field(column, 'tensor-spec');
    const [dtype, shape] = [field(spec, 'dtype'), field(spec, 'shape')];
    if (typeof dtype !== 'string' || !Array.isArray(shape)) return undefined;
    return `${dtype} [${shape.map(asText).join(', ')}]`;
  }
  if (type === 'array') {
    const items = field(column, 'items');
    return `array of ${typeOf(items) ?? (items === undefined ? 'anything' : asText(items))}`;
  }
  const more = field(column, 'properties') ?? field(column, 'values');
  if (typeof type === 'string') return more === undefined ? type : `${type} ${asText(more)}`;
  return type === undefined || type === null ? undefined : asText(type);
}

/** Whole numbers are grouped, and everything that is not a single value is told as JSON. */
export function readProfile(profile: string, number: (value: number) => string): ReadProfile {
  const read = parsed(profile);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return { text: profile };
  const rows = Object.entries(read as Record<string, Json>).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? number(value) : asText(value),
  }));
  return rows.length > 0 ? { rows } : { text: profile };
}

/** JSON with line breaks, where it is JSON. */
export function indented(text: string): string {
  const read = parsed(text);
  return typeof read === 'object' && read !== null ? JSON.stringify(read, null, 2) : text;
}
