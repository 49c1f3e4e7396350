import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envExample } from '../../../server/settings/env-example.ts';
import { readSettings } from '../../../server/settings/settings.ts';

const why = (env: Record<string, string>, yaml?: string): string => {
  const result = readSettings(env, yaml);
  return result.ok ? 'accepted' : result.why;
};

describe('settings', () => {
  it.each([
    [{ LANTAI_HTPP_PORT: '80' }, /did you mean LANTAI_HTTP_PORT/],
    [{ LANTAI_NOTHING_LIKE_IT: '1' }, /not a setting of Lantai.*\.env\.example/],
    [{ LANTAI_HTTP_PORT: 'eighty' }, /LANTAI_HTTP_PORT must be a port/],
    [{ LANTAI_HTTP_PORT: '70000' }, /LANTAI_HTTP_PORT must be a port/],
    [{ LANTAI_MQTT_URL: 'http://broker:1883' }, /LANTAI_MQTT_URL must begin with mqtt/],
    [{ LANTAI_INFLUX_URL: 'not an address' }, /LANTAI_INFLUX_URL must be an address/],
    [{ LANTAI_INFLUX_URL: 'mqtt://x' }, /LANTAI_INFLUX_URL must begin with http/],
    [{ LANTAI_SIMULATE: 'perhaps' }, /LANTAI_SIMULATE must be on or off/],
    [{ LANTAI_LOG_LEVEL: 'loud' }, /LANTAI_LOG_LEVEL must be one of/],
    [{ LANTAI_DATABASE_URL: 'postgres://x/y' }, /PostgreSQL is not supported yet/],
    [{ LANTAI_HTTP_HOST: '0.0.0.0' }, /LANTAI_HTTP_TLS_CERT/],
    [{ LANTAI_HTTP_HOST: '0.0.0.0', LANTAI_TRUST_PROXY: '127.0.0.1' }, /https LANTAI_PUBLIC_URL/],
    [{ LANTAI_HTTP_TLS_CERT: '/x.pem' }, /belong together/],
    [{ LANTAI_MQTT_HOST: '0.0.0.0' }, /LANTAI_MQTT_USERNAME/],
    [{ LANTAI_SMTP_URL: 'smtp://mail' }, /LANTAI_SMTP_FROM/],
  ])('answers %o with one sentence that names the setting to change', (env, sentence) => {
    expect(why(env as Record<string, string>)).toMatch(sentence);
    expect(why(env as Record<string, string>)).not.toContain('\n');
  });

  it('never shows a secret', () => {
    const sentence = why({ LANTAI_SMTP_URL: 'ftp://user:hush@mail', LANTAI_SMTP_FROM: 'a@b' });
    expect(sentence).not.toContain('hush');
    expect(why({ LANTAI_INFLUX_URL: 'ftp://user:hush@host' })).not.toContain('hush');
  });

  it.each([
    [undefined, false],
    ['', false],
    ['off', false],
    ['on', true],
    ['127.0.0.1', true],
  ])('reads LANTAI_TRUST_PROXY %s as a switch; an address is on', (value, trustProxy) => {
    const env = value === undefined ? {} : { LANTAI_TRUST_PROXY: value };
    expect(readSettings(env, undefined)).toMatchObject({ settings: { http: { trustProxy } } });
  });

  it('runs with nothing set: embedded everything, the sample, simulators on', () => {
    const result = readSettings({ PATH: '/bin' }, undefined);
    expect(result).toMatchObject({ ok: true, settings: { simulate: true, dataDir: './data' } });
  });

  it('lets the environment win over lantai.yaml', () => {
    const yaml = 'LANTAI_HTTP_PORT: 9000\nLANTAI_SIMULATE: off\n';
    const result = readSettings({ LANTAI_HTTP_PORT: '9001' }, yaml);
    expect(result).toMatchObject({ ok: true, settings: { http: { port: 9001 }, simulate: false } });
  });

  it.each(['- a list', 'LANTAI_HTTP_PORT: [1]', 'LANTAI_X: 1', 'a: b: c'])(
    'refuses a lantai.yaml of %o',
    (yaml) => {
      expect(why({}, yaml)).toMatch(/lantai\.yaml/);
    },
  );

  it('keeps sample data out of a database of real data', () => {
    const sample = readSettings({ LANTAI_INFLUX_URL: 'http://127.0.0.1:8086' }, undefined);
    expect(sample).toMatchObject({ settings: { influx: { database: 'lantai_sample' } } });
    const real = readSettings(
      { LANTAI_INFLUX_URL: 'http://127.0.0.1:8086', LANTAI_REPOSITORY: 'a.yaml' },
      undefined,
    );
    expect(real).toMatchObject({ settings: { simulate: false, influx: { database: 'lantai' } } });
  });

  it('has an .env.example that says what the table of settings says', () => {
    const file = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');
    expect(file).toBe(envExample());
  });
});
