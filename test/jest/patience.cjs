// Real servers on a busy machine: a test that waits for a condition says itself when it gives up.
jest.setTimeout(120_000);
