import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type Registry, type Sensor } from '../../../../domain/registry.ts';
import { HOUR_MS, SECOND_MS } from '../../../../domain/time.ts';
import { createIntake, type Intake } from '../../../../gateway/index.ts';

/** Goal: numbers that are missing over a restart of ours are told as lost, and only where they were. */

const START = Date.UTC(2026, 10, 22, 12);

const lora: Sensor = {
  repository: 'sx',
  id: 'lora',
  room: 'r1',
  metrics: ['temperature'],
  source: { profile: 'chirpstack', device: '0101010101010101' },
};
const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  rooms: new Map([['sx.r1', { repository: 'sx', id: 'r1', name: '301', class: 'paper' }]]),
  sensors: new Map([['sx.lora', lora]]),
};

const newIntake = () => createIntake({ registry: () => registry, newId: () => 'q' });

/** Frame `fCnt` of the device, `afterMs` after the first. */
function frame(intake: Intake, fCnt: number, afterMs: number) {
  const time = new Date(START + afterMs).toISOString();
  const payload = Buffer.from(JSON.stringify({ time, fCnt, object: { temperature: 20 + fCnt } }));
  const topic = 'application/a/device/0101010101010101/event/up';
  return intake.decode({ topic, payload, retain: false, receivedAt: START + afterMs });
}

/** An intake that starts with what the other one wrote down. */
function restarted(before: Intake): Intake {
  const next = newIntake();
  next.restore(
    before
      .snapshot()
      .flatMap((kept) => kept.rows())
      .map((row) => ({ ...row, coversSpool: 0 })),
  );
  return next;
}

describe('numbers that are missing over a restart', () => {
  it('are evidence of lost messages', () => {
    const before = newIntake();
    frame(before, 1, 0);
    frame(before, 2, SECOND_MS);
    const { issues } = frame(restarted(before), 6, HOUR_MS);
    expect(issues).toMatchObject([{ kind: 'sequence-gap', id: 'lora', detail: '3 to 5' }]);
  });

  it.each([
    ['went on', 8],
    ['began anew', 1],
  ])('are none where the device %s', (_what, fCnt) => {
    const before = newIntake();
    frame(before, 7, 0);
    expect(frame(restarted(before), fCnt, HOUR_MS).issues).toEqual([]);
  });

  it('are not told of what was taken after the last snapshot: its numbers are nowhere', () => {
    const before = newIntake();
    frame(before, 1, 0);
    const after = restarted(before);
    const { readings } = frame(before, 2, SECOND_MS);
    expect(readings).toHaveLength(1);
    after.replay({ readings, accessEvents: [] });
    expect(frame(after, 3, 3 * SECOND_MS).issues).toEqual([]);
    expect(frame(after, 6, 6 * SECOND_MS).issues).toMatchObject([{ detail: '4 to 5' }]);
  });
});
