// Suites run side by side on busy machines: a test that waits for a condition says itself when it gives up.
jest.setTimeout(300_000);
