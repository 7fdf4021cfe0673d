// Imports point down: apps → live-feed → stations and service-host → pure → contracts. A station knows no other station;
// `live-feed` joins one of them, the projection's reader, to the pure live list.
const STATIONS = 'session-store|live-projection|event-log';
const PURE = 'session|live-list';

const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
/**
 * `entries`: folders of the library that are entries of their own beside its root. What draws any of its words (`test/any-…`)
 * is for the tests of others too.
 */
const onlyRoot = (lib, entries = []) => ({
  name: `root-of-${lib}`,
  severity: 'error',
  comment: 'nobody imports past a library’s root',
  from: { path: '^(apps|libs|tools|bench|test)/', pathNot: `^libs/${lib}/` },
  to: {
    path: `^libs/${lib}/`,
    pathNot: [
      `^libs/${lib}/src/(${[...entries.map((entry) => `${entry}/`), ''].join('|')})index\\.ts$`,
      `^libs/${lib}/test/any-[^/]+\\.ts$`,
    ],
  },
});

module.exports = {
  forbidden: [
    forbid('no-circular', {}, { circular: true, dependencyTypesNot: ['type-only'] }, 'a circle has no bottom'),
    forbid('contracts-is-the-base', { path: '^libs/contracts/src' }, { path: '^(libs/(?!contracts/)|apps|tools)' }),
    forbid(
      'pure-knows-contracts-only',
      { path: `^libs/(${PURE})/src` },
      { path: '^libs/(?!contracts/)', pathNot: [`^libs/(${PURE})/`] },
    ),
    forbid('session-and-live-list-apart', { path: '^libs/session/' }, { path: '^libs/live-list/' }),
    forbid(
      'pure-has-no-driver',
      { path: `^libs/(${PURE}|contracts)/src`, pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/zod/' },
      'no Nest, no driver, no node:* in the pure core',
    ),
    ...STATIONS.split('|').map((station) =>
      forbid(
        `${station}-knows-no-other-station`,
        { path: `^libs/${station}/src` },
        { path: `^libs/(?!(${station}|${PURE}|contracts|service-host)/)` },
      ),
    ),
    forbid(
      'live-feed-knows-the-projection-only',
      { path: '^libs/live-feed/src' },
      { path: `^libs/(?!(live-feed|live-projection|${PURE}|contracts|service-host)/)` },
    ),
    forbid('stations-know-no-live-feed', { path: '^libs/(?!live-feed/)[^/]+/src' }, { path: '^libs/live-feed/' }),
    forbid(
      'service-host-knows-no-domain',
      { path: '^libs/service-host/src' },
      { path: '^libs/(?!(service-host|contracts)/)' },
    ),
    forbid('client-knows-contracts-only', { path: '^libs/client/src' }, { path: '^libs/(?!(client|contracts)/)' }),
    forbid(
      'libs-know-no-app',
      { path: '^libs/' },
      { path: '^(apps|tools|bench|test)/', pathNot: '^(tools/stack|test/given)/' },
      'their tests run on real servers, and share what tests are given',
    ),
    forbid('given-is-for-tests', { path: '^(apps|libs|tools)/.*src/', pathNot: '\\.spec\\.ts$' }, { path: '^test/' }),
    forbid(
      'gateway-never-sees-sql',
      { path: '^apps/session-gateway/' },
      { path: '^libs/session-store/|node_modules/(pg|typeorm)/' },
    ),
    forbid(
      'query-never-sees-kafka',
      { path: '^apps/session-query/' },
      { path: '^libs/event-log/|node_modules/kafkajs/' },
    ),
    forbid('board-through-client-only', { path: '^apps/board/' }, { path: '^libs/(?!client/)' }),
    forbid('simulator-speaks-the-contract', { path: '^tools/simulator/' }, { path: '^libs/(?!contracts/)' }),
    forbid(
      'kafkajs-lives-in-event-log',
      { path: '^(apps|libs)/', pathNot: '^libs/(event-log|client)/|spec\\.ts$|/test/' },
      { path: 'node_modules/kafkajs/' },
    ),
    ...'contracts session live-list live-feed session-store live-projection event-log service-host'
      .split(' ')
      .map((lib) => onlyRoot(lib)),
    onlyRoot('client', ['kafka', 'react', 'protocol']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['source-ts', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
