// A write goes out only with what the profile asks for.
import { describe, expect, it } from 'vitest';
import { confirmationOf } from './confirmation';

describe('confirmationOf', () => {
  it('asks for nothing where writes are allowed', () => {
    expect(confirmationOf('allowed', 'churn', '')).toBe(null);
  });
  it('sends a yes where the dialog was the question', () => {
    expect(confirmationOf('confirmed', 'churn', '')).toBe('yes');
  });
  it('waits until the whole name of the model was typed', () => {
    expect(confirmationOf('typed', 'churn', 'chur')).toBeUndefined();
    expect(confirmationOf('typed', 'churn', 'Churn')).toBeUndefined();
    expect(confirmationOf('typed', 'churn', ' churn ')).toBe('churn');
  });
  it('never sends anything to a profile that is read-only', () => {
    expect(confirmationOf('readOnly', 'churn', 'churn')).toBeUndefined();
  });
});
