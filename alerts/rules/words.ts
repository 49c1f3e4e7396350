/** The words that sentences about rules are made of. The names are those of the screen; a test holds them together. */

import type { AccessEventKind } from '../../domain/access.ts';
import type { Priority } from '../../domain/alarm.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** A text of two languages, in the order of the product: Chinese, English. */
export const text = (zh: string, en: string): LocalizedText => ({ zh, en });

/** Metrics as people call them. */
export const METRIC_WORDS: Readonly<Record<MetricName, LocalizedText>> = {
  temperature: text('温度', 'Temperature'),
  dew_point: text('露点', 'Dew point'),
  surface_temperature: text('表面温度', 'Surface temperature'),
  humidity: text('相对湿度', 'Relative humidity'),
  smoke_obscuration: text('烟雾遮光率', 'Smoke obscuration'),
  pressure: text('气压', 'Pressure'),
  pressure_difference: text('压差', 'Pressure difference'),
  co2: text('二氧化碳', 'Carbon dioxide'),
  pm25: text('PM2.5', 'PM2.5'),
  pm10: text('PM10', 'PM10'),
  so2: text('二氧化硫', 'Sulphur dioxide'),
  no2: text('二氧化氮', 'Nitrogen dioxide'),
  o3: text('臭氧', 'Ozone'),
  formaldehyde: text('甲醛', 'Formaldehyde'),
  tvoc: text('总挥发性有机物', 'Volatile organics'),
  illuminance: text('照度', 'Illuminance'),
  uv: text('紫外线', 'Ultraviolet'),
  battery: text('电量', 'Battery'),
  battery_voltage: text('电池电压', 'Battery voltage'),
  rssi: text('信号强度', 'Signal strength'),
  snr: text('信噪比', 'Signal to noise'),
  link_quality: text('链路质量', 'Link quality'),
  smoke: text('感烟', 'Smoke'),
  heat: text('感温', 'Heat'),
  smoke_test: text('感烟测试', 'Smoke test'),
  fault: text('故障', 'Fault'),
  disabled: text('已屏蔽', 'Disabled'),
  muted: text('已消音', 'Muted'),
  water_leak: text('漏水', 'Water leak'),
  door_open: text('门磁', 'Door contact'),
  motion: text('移动', 'Motion'),
  glass_break: text('玻璃破碎', 'Glass break'),
  tamper: text('防拆', 'Tamper'),
  battery_low: text('电量低', 'Battery low'),
  mains_lost: text('市电中断', 'Mains lost'),
  online: text('在线', 'Online'),
};

export const PRIORITY_WORDS: Readonly<Record<Priority, LocalizedText>> = {
  critical: text('紧急', 'Critical'),
  high: text('高', 'High'),
  medium: text('中', 'Medium'),
  low: text('低', 'Low'),
};

export const ACCESS_WORDS: Readonly<Record<AccessEventKind, LocalizedText>> = {
  granted: text('放行', 'granted'),
  denied: text('拒绝', 'denied'),
  forced_open: text('强行开启', 'forced open'),
  held_open: text('久开未关', 'held open'),
  door_opened: text('门开', 'door opened'),
  door_closed: text('门关', 'door closed'),
  exit_request: text('出门请求', 'exit request'),
  duress: text('胁迫', 'duress'),
  tamper: text('防拆', 'tamper'),
};

/** A span in the largest unit that has no remainder: `10 分钟`, `10 min`. */
export function spanWords(seconds: number): LocalizedText {
  const [count, zh, en] = (
    [
      [86_400, '天', 'd'],
      [3600, '小时', 'h'],
      [60, '分钟', 'min'],
    ] as const
  ).find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, '秒', 's'];
  return text(`${seconds / count} ${zh}`, `${seconds / count} ${en}`);
}

/** A figure in the metric's unit: `60 %RH`. */
export function figureWords(metric: MetricName, value: number): string {
  const unit = METRICS.get(metric)?.unit ?? '';
  return unit === '' ? String(value) : `${value} ${unit}`;
}

/** Several words as one: `、` in Chinese, `or` in English. */
export function orWords(words: readonly LocalizedText[]): LocalizedText {
  return text(words.map((word) => word.zh).join('或'), words.map((word) => word.en).join(' or '));
}

/** A condition that must last. */
export function lasting(words: LocalizedText, seconds: number): LocalizedText {
  if (seconds === 0) return words;
  const span = spanWords(seconds);
  // A unit and a Chinese word stand apart.
  const gap = /[一-鿿]$/.test(words.zh) ? '' : ' ';
  return text(`${words.zh}${gap}持续 ${span.zh}`, `${words.en} for ${span.en}`);
}
