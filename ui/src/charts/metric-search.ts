// Finding metrics: by words that are all part of the name, or by a regular expression between slashes.
export interface MetricSearch {
  finds: (metric: string) => boolean;
  /** Nothing is searched for: all are found. */
  all: boolean;
  /** Why the regular expression cannot be used; all metrics are found then. */
  error?: string;
}

export function searchOf(text: string): MetricSearch {
  const pattern = /^\s*\/(.+)\/\s*$/.exec(text)?.[1];
  if (pattern !== undefined) {
    try {
      const expression = new RegExp(pattern, 'i');
      return { finds: (metric) => expression.test(metric), all: false };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return { finds: () => true, all: true, error: said };
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return {
    finds: (metric) => words.every((word) => metric.toLowerCase().includes(word)),
    all: words.length === 0,
  };
}
