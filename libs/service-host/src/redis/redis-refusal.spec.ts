import { redisRefusal } from './redis-refusal';

describe('what a refusal of Redis means', () => {
  it.each([
    "READONLY You can't write against a read only replica.",
    "READONLY You can't write against a read only slave.",
    "READONLY You can't write against a read only replica. script: 7ff5, on @user_script:57.",
    "ERR Error running script (call to f_7ff5): @user_script:57: -READONLY You can't write against a read only slave. ",
    "ERR Error running script (call to f_7ff5): @user_script: 57: -READONLY You can't write against a read only replica. ",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "MASTERDOWN Link with MASTER is down and slave-serve-stale-data is set to 'no'.",
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> slave?)',
    'REDIRECT 10.0.0.2:6379',
  ])('it is no master: %s', (message) => {
    expect(redisRefusal(new Error(message))).toBe('replica');
  });

  it.each([
    'LOADING Redis is loading the dataset in memory',
    'LOADING Valkey is loading the dataset in memory',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "OOM command not allowed when used memory > 'maxmemory'. script: 7ff5, on @user_script:57.",
    "ERR Error running script (call to f_7ff5): @user_script:57: -OOM command not allowed when used memory > 'maxmemory'. ",
    'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
    'MISCONF Errors writing to the AOF file: No space left on device script: 7ff5, on @user_script:57.',
    'NOREPLICAS Not enough good replicas to write.',
    'NOREPLICAS Not enough good slaves to write.',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  ])('it cannot now: %s', (message) => {
    expect(redisRefusal(new Error(message))).toBe('passing');
  });

  it.each([
    'WRONGTYPE Operation against a key',
    'LOST there is no projection',
    'Command timed out',
    'ERR syntax error',
  ])('it is something else: %s', (message) => {
    expect(redisRefusal(new Error(message))).toBeNull();
  });

  it('a transaction says why its commands were refused', () => {
    const refused = Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
      previousErrors: [new Error("READONLY You can't write against a read only replica.")],
    });
    expect(redisRefusal(refused)).toBe('replica');
  });
});
