import { expect, test } from 'vitest';
import { plainLine } from './plain';

test.each([
  ['# Churn *model*\n\nMore about it', 'Churn model'],
  [
    '---\n\n**Best** of `resnet_50`, see [the report](https://example.org/a)',
    'Best of resnet_50, see the report',
  ],
  ['- first\n- second', 'first'],
  ['2 * 3 * 4 and a_b_c stay', '2 * 3 * 4 and a_b_c stay'],
  ['![the loss](loss.png)', 'the loss'],
  ['\n\n', ''],
])('%s', (markdown, line) => {
  expect(plainLine(markdown)).toBe(line);
});
