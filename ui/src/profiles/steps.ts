// The steps of a test of a connection, in words. Pure.
import type { Step, StepName, StepState, TestReport } from '../backend';
import type { IconName } from '../components/icons';
import { formatCount } from '../format/number';

export const STEP_NAMES: Record<StepName, string> = {
  config: 'Configuration',
  dns: 'Name lookup',
  tcp: 'TCP',
  banner: 'SSH greeting',
  keyExchange: 'Key exchange',
  hostKey: 'Host key',
  auth: 'SSH sign-in',
  channel: 'Channel to the server',
  tls: 'TLS',
  http: 'HTTP',
  mlflow: 'MLflow',
  credentials: 'Sign-in',
  permissions: 'Permissions',
  artifacts: 'Artifacts',
  workspaces: 'Workspaces',
};

export const STEP_LOOKS: Record<StepState, { icon: IconName | undefined; word: string }> = {
  running: { icon: undefined, word: 'running' },
  asking: { icon: 'user', word: 'waits for you' },
  passed: { icon: 'check', word: 'passed' },
  warned: { icon: 'alert', word: 'works, with a remark' },
  failed: { icon: 'error', word: 'failed' },
  skipped: { icon: 'minus', word: 'skipped' },
};

export interface TestResult {
  tone: 'busy' | 'good' | 'warn' | 'bad' | 'quiet';
  text: string;
}

/** What a test comes to, in one line. */
export function resultOf(report: TestReport | undefined, stopped: boolean): TestResult {
  const steps = report?.steps ?? [];
  const failed = steps.find((step) => step.state === 'failed');
  const last = steps.at(-1);
  if (!report || !report.finished) {
    const text =
      last?.state === 'asking'
        ? `${STEP_NAMES[last.name]} waits for your answer`
        : last
          ? `${STEP_NAMES[last.name]} …`
          : 'Beginning …';
    return { tone: 'busy', text };
  }
  if (failed) return { tone: 'bad', text: `It fails at: ${STEP_NAMES[failed.name]}, ${failed.subject}` };
  if (stopped) return { tone: 'quiet', text: 'Stopped' };
  const remarks = steps.filter((step) => step.state === 'warned').length;
  if (remarks > 0)
    return { tone: 'warn', text: `It works, with ${remarks === 1 ? 'a remark' : `${remarks} remarks`}` };
  return { tone: 'good', text: 'Everything works' };
}

/** `0.3 ms`, `46 ms`, `1,204 ms`, `12.3 s`: as many digits as mean something. */
export function tookWords(step: Step): string {
  if (step.tookMs === null) return '';
  if (step.tookMs >= 10_000) return `${(step.tookMs / 1000).toFixed(1)} s`;
  return `${step.tookMs < 10 ? step.tookMs.toFixed(1) : formatCount(Math.round(step.tookMs))} ms`;
}
