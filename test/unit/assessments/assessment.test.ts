import { describe, expect, it } from 'vitest';
import type { Assessment, AssessmentDraft } from '../../../domain/assessment.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { hashOf } from '../../../server/assessments/compute.ts';
import { makeAssessment, shippedKnowledge } from '../../../server/assessments/make.ts';
import { REPOSITORY, fullHour, smallArchive } from './small-archive.ts';
import {
  assess,
  climate,
  detectors,
  drafts,
  from,
  judgement,
  now,
  sensors,
  until,
} from './things.ts';

describe('what an inspector enters', () => {
  it.each<[string, readonly AssessmentDraft[], string]>([
    ['nothing', [], 'cannot-show'],
    ['a result with a note', drafts({ indicator: '1.1', result: 'danger' }), 'danger'],
    ['a result without a note', drafts({ indicator: '1.1', note: '  ' }), 'cannot-show'],
    ['a result two years ago', drafts({ indicator: '1.1', at: now - 731 * DAY_MS }), 'cannot-show'],
  ])('as %s judges a manual indicator', async (_, entered, expected) => {
    expect(judgement(await assess({ drafts: entered }), '1.1').result).toBe(expected);
  });

  it('answers what data cannot show, and never hides what data shows', async () => {
    const fine = await assess({ drafts: drafts({ indicator: '2.1' }) });
    expect(judgement(fine, '2.1')).toMatchObject({
      result: 'none-found',
      manual: { by: 'inspector' },
    });
    const silent = await assess({ drafts: drafts({ indicator: '2.1' }), hour: () => undefined });
    expect(judgement(silent, '2.1').result).toBe('cannot-show');
    const hot = await assess({
      drafts: drafts({ indicator: '2.1' }),
      hour: (_, hour) => fullHour(hour, 30),
    });
    expect(judgement(hot, '2.1').result).toBe('high-danger');
  });

  it('leaves drills unproven until it is entered', async () => {
    const drill = judgement(await assess({}), '4.3').figures.find((f) => f.id === 'beyond-data');
    expect(drill).toMatchObject({
      result: 'cannot-show',
      name: { zh: expect.stringContaining('应急演练') },
    });
  });
});

describe('an assessment', () => {
  it('has a judgement for each of the fifteen indicators', async () => {
    const { judgements } = await assess({});
    expect(judgements.map((j) => j.indicator)).toEqual(
      shippedKnowledge().indicators.map((i) => i.id),
    );
  });

  it('claims nothing as long as one judgement cannot be shown, and the worst that is proven', async () => {
    expect((await assess({})).result).toBe('danger');
    const entered = drafts(...shippedKnowledge().indicators.map((i) => ({ indicator: i.id })));
    const archive = {
      drafts: entered,
      rooms: [{ id: 'r301' }, { id: 'out', class: 'outdoor' as const }],
      sensors: [
        ...sensors(climate, ...detectors, { id: 'wl-1', metrics: ['water_leak'] }),
        ...sensors({ id: 'th-out', metrics: ['temperature', 'humidity'] }).map((s) => ({
          ...s,
          room: 'out',
        })),
      ],
    };
    const assessment = await assess(archive);
    // Doors and responses are unproven here; everything else is fine.
    const open = assessment.judgements.filter((j) => j.result !== 'none-found');
    expect(open.map((j) => `${j.indicator} ${j.result}`)).toEqual([
      '2.2 cannot-show',
      '4.3 cannot-show',
    ]);
    expect(assessment.result).toBe('cannot-show');
  });

  it('covers the thirty local days before, and on demand goes up to now', async () => {
    expect(await assess({})).toMatchObject({ from, until, trigger: 'nightly', madeAt: now });
    const services = smallArchive({ now });
    const made = await makeAssessment({
      services,
      repository: REPOSITORY,
      by: 'inspector',
      trigger: 'on-demand',
    });
    expect(made).toMatchObject({ until: now, madeBy: 'inspector' });
  });

  it('is committed once, together with a journal line that holds its hash', async () => {
    const services = smallArchive({ now });
    const made = await makeAssessment({
      services,
      repository: REPOSITORY,
      by: 'system',
      trigger: 'nightly',
    });
    expect(services.commits).toMatchObject([
      {
        puts: [{ table: 'assessment', mode: 'insert', row: { id: made.id } }],
        journal: [{ action: 'assessment.made', subject: made.id, detail: { hash: made.hash } }],
      },
    ]);
  });

  it('has a hash that survives storing and finds every change', async () => {
    const assessment = await assess({});
    const stored = JSON.parse(JSON.stringify(assessment)) as Assessment;
    expect(hashOf(stored)).toBe(assessment.hash);
    expect(hashOf({ ...stored, result: 'none-found' })).not.toBe(assessment.hash);
  });

  it('is not made when the reading store does not answer', async () => {
    const services = {
      ...smallArchive({ now, sensors: sensors(climate) }),
      readings: { query: () => Promise.reject(new Error('unreachable')) },
    };
    const asked = { services, repository: REPOSITORY, by: 'system', trigger: 'nightly' } as const;
    await expect(makeAssessment(asked)).rejects.toThrow('unreachable');
    expect(services.commits).toEqual([]);
  });
});
