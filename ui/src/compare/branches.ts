// Keys with `.` or `/` in them as a tree: what two keys or more begin with is a branch. Pure.

export type Branch<R> =
  | { kind: 'leaf'; title: string; row: R }
  | {
      kind: 'branch';
      /** What all keys in it begin with. */ prefix: string;
      title: string;
      below: Branch<R>[];
    };

/** A key cut behind each `.` and `/`; those at its ends cut nothing off. */
function parts(key: string): string[] {
  return key.match(/[./]*[^./]+(?:[./]+(?=[^./]))?|[./]+$/g) ?? [key];
}

interface Placed<R> {
  parts: string[];
  row: R;
}

/** In the order in which rows come, each branch where its first row is. */
export function branches<R extends { key: string }>(rows: readonly R[]): Branch<R>[] {
  return below(
    rows.map((row) => ({ parts: parts(row.key), row })),
    0,
    '',
  );
}

function below<R>(placed: readonly Placed<R>[], depth: number, prefix: string): Branch<R>[] {
  const groups = new Map<string, Placed<R>[]>();
  for (const one of placed) {
    // What ends here is no part of a branch of the same name: "opt" and "opt.lr" are two keys.
    const isLeaf = one.parts.length === depth + 1;
    const name = `${isLeaf ? 'leaf' : 'branch'} ${one.parts[depth] ?? ''}`;
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return [...groups.values()].flatMap((group) => branch(group, depth, prefix));
}

function branch<R>(group: readonly Placed<R>[], depth: number, prefix: string): Branch<R>[] {
  const [first] = group;
  if (!first) return [];
  if (group.length === 1 || first.parts.length === depth + 1)
    return group.map(({ parts, row }) => ({ kind: 'leaf', title: parts.slice(depth).join(''), row }));
  // As far as all of them go on alike they are one branch.
  let end = depth + 1;
  const goesOn = ({ parts }: Placed<R>) => parts.length > end + 1 && parts[end] === first.parts[end];
  while (group.every(goesOn)) end += 1;
  const title = first.parts.slice(depth, end).join('');
  const whole = prefix + title;
  return [
    { kind: 'branch', prefix: whole, title: title.replace(/[./]+$/, ''), below: below(group, end, whole) },
  ];
}

export function rowsIn<R>(branch: Branch<R>): R[] {
  return branch.kind === 'leaf' ? [branch.row] : branch.below.flatMap(rowsIn);
}
