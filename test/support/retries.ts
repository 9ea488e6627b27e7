/**
 * Says which tests were tried again: `.ci/run` allows a second try, since its machine may be slow for a moment, and what
 * needs one is to be looked at.
 */
export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    const test = this.currentTest as (Mocha.Test & { currentRetry(): number }) | undefined;
    if (test !== undefined && test.currentRetry() > 0) process.stdout.write(`    tried again: ${test.fullTitle()}\n`);
  },
};
