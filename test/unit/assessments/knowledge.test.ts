import { describe, expect, it } from 'vitest';
import { loadAssessmentKnowledge } from '../../../server/assessments/knowledge.ts';

const knowledge = loadAssessmentKnowledge();

describe('the indicators', () => {
  it('are the four first-level and fifteen second-level ones of the official system', () => {
    expect(knowledge.groups.map((g) => g.name.zh)).toEqual([
      '馆库安全',
      '档案实体安全',
      '档案信息安全',
      '安全保障机制',
    ]);
    expect(knowledge.indicators.map((i) => `${i.id} ${i.name.zh}`)).toEqual([
      '1.1 馆库选址',
      '1.2 馆库建筑',
      '1.3 功能布局',
      '1.4 设施设备',
      '2.1 档案保管',
      '2.2 档案流转',
      '2.3 档案抢救和保护',
      '3.1 系统安全',
      '3.2 数据安全',
      '3.3 档案开放和利用安全',
      '4.1 组织保障',
      '4.2 制度保障',
      '4.3 应急措施',
      '4.4 宣传培训',
      '4.5 安全保卫',
    ]);
  });

  it('cite the system as seen in copies, and say that it has no weights', () => {
    for (const { citation } of knowledge.indicators) {
      expect(citation).toMatchObject({ edition: '2018-12-14', verification: 'copies' });
      expect(citation.note?.zh).toContain('未设权重');
    }
  });

  it('name for every mixed one what data cannot show', () => {
    for (const indicator of knowledge.indicators) {
      expect(knowledge.beyondData.has(indicator.id)).toBe(indicator.kind === 'mixed');
    }
  });
});

describe('the bounds between result words', () => {
  it('are marked as our own proposal', () => {
    expect(knowledge.ownCitation).toMatchObject({
      standard: '本馆自定',
      verification: 'proposal',
    });
  });
});
