// Compiles the server's modules once, so that the first start is as light as the later ones: with the cache warm, no
// thread loads the type stripper. Started by setup.mjs with NODE_COMPILE_CACHE set; starts nothing.
import { flushCompileCache } from 'node:module';

await import('../server/create-app.ts');
// What a start loads later, or only when it is needed.
await import('../server/web.ts');
await import('../gateway/mqtt/link.ts');
await import('../gateway/broker/embedded-broker.ts');
for (const name of ['yaml', 'ajv', 'ajv-formats', 'typebox/value']) await import(name);
await import('../simulators/simulation.ts');
// The threads' own files do their work when they are loaded; outside a thread they stop at once, compiled.
for (const file of ['forward-worker.ts', 'query-worker.ts']) {
  await import(`../gateway/forwarder/${file}`).catch(() => undefined);
}
flushCompileCache();
process.exit(0);
