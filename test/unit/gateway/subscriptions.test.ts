import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type Registry, type Sensor } from '../../../domain/registry.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import { planSubscriptions } from '../../../gateway/mqtt/subscriptions.ts';

function planFor(...metrics: MetricName[]) {
  const sensor: Sensor = { repository: 'sx', id: 's-1', room: 'r1', metrics };
  const registry: Registry = {
    ...EMPTY_REGISTRY,
    repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
    sensors: new Map([['sx.s-1', sensor]]),
  };
  return planSubscriptions(registry);
}

describe('the session for safety', () => {
  it.each<MetricName>(['smoke', 'heat', 'water_leak', 'tamper', 'smoke_obscuration'])(
    'has a sensor that measures %s, whatever else it measures',
    (metric) => {
      const topic = 'lantai/sx/s-1/telemetry';
      const { safety, safetyTelemetry } = planFor('temperature', metric);
      expect(safety).toContain(topic);
      expect(safetyTelemetry.has(topic)).toBe(true);
    },
  );

  it('has no climate sensor', () => {
    expect(planFor('temperature', 'humidity').safety).toEqual(['lantai/sx/+/access']);
  });
});
