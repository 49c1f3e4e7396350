/** Draws the results of assessments over time: one stacked column each. */

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  Tooltip,
} from 'chart.js';
import type { IndicatorResult } from '../../../domain/assessment.ts';
import { RESULT_ORDER } from '../logic/assessments.ts';
import { colours } from './colours.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

export interface ResultsPicture {
  readonly columns: readonly {
    readonly label: string;
    readonly counts: Readonly<Record<IndicatorResult, number>>;
  }[];
  readonly word: (result: IndicatorResult) => string;
}

export interface ResultsChartHandle {
  update(picture: ResultsPicture): void;
  destroy(): void;
}

export function drawResults(canvas: HTMLCanvasElement): ResultsChartHandle {
  const chart = new Chart(canvas, { type: 'bar', data: { datasets: [] }, options: {} });
  return {
    update(picture) {
      const palette = colours(canvas);
      Chart.defaults.font.family = palette.font;
      const axis = { stacked: true, ticks: { color: palette.ink3 }, border: { display: false } };
      chart.data = {
        labels: picture.columns.map((c) => c.label),
        datasets: RESULT_ORDER.map((result, i) => ({
          label: picture.word(result),
          data: picture.columns.map((c) => c.counts[result]),
          backgroundColor: palette.results[i] ?? palette.spark,
          maxBarThickness: 36,
        })),
      };
      chart.options = {
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: { ...axis, grid: { display: false } },
          y: {
            ...axis,
            grid: { color: palette.line },
            ticks: { color: palette.ink3, precision: 0 },
          },
        },
        plugins: {
          legend: { position: 'bottom', labels: { color: palette.ink3, boxWidth: 12 } },
        },
      };
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}
