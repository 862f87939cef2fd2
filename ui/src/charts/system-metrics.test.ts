import { expect, test } from 'vitest';
import { bySystemPlace, isSystemSection, systemPlace, systemSection, systemTitle } from './system-metrics';

const sectionOf = (metric: string) => {
  const place = systemPlace(metric);
  return place && systemSection(place);
};

test('each node and each GPU has a section of its own', () => {
  const title = (metric: string) => systemTitle(sectionOf(metric) ?? '');
  expect(title('system/cpu_utilization_percentage')).toBe('System');
  expect(title('system/gpu_0_utilization_percentage')).toBe('System · GPU 0');
  expect(title('system/1/gpu_12_power_usage_watts')).toBe('System · node 1 · GPU 12');
  expect(title('system/rack a/worker-3/disk_usage_percentage')).toBe('System · rack a/worker-3');
  expect(systemPlace('system/1/gpu_0_memory_usage_megabytes')?.name).toBe('memory_usage_megabytes');
  expect([systemPlace('systems/cpu'), systemPlace('system/'), systemPlace('cpu')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a node that is called like a GPU is not one', () => {
  expect(sectionOf('system/gpu_0/cpu_utilization_percentage')).not.toBe(
    sectionOf('system/gpu_0_utilization_percentage'),
  );
  expect([isSystemSection('system'), isSystemSection('systems'), isSystemSection('train')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('the machine comes before its GPUs, and they in the order of their numbers', () => {
  const metrics = ['10/cpu', 'gpu_10_x', '2/gpu_0_x', 'gpu_2_x', '2/cpu', 'cpu'];
  const ids = metrics.map((name) => sectionOf(`system/${name}`) ?? '');
  expect(ids.toSorted(bySystemPlace).map(systemTitle)).toEqual([
    'System',
    'System · GPU 2',
    'System · GPU 10',
    'System · node 2',
    'System · node 2 · GPU 0',
    'System · node 10',
  ]);
});
