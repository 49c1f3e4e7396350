/** Draws counts over time: one stacked column each. */

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  Tooltip,
} from 'chart.js';
import { colours, type Colours } from './colours.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

export interface ColumnsPicture {
  /** One for each column. */
  readonly labels: readonly string[];
  /** From the bottom up, each with one count for each column. */
  readonly layers: readonly {
    readonly name: string;
    readonly counts: readonly number[];
    readonly colour: (palette: Colours) => string;
  }[];
}

export interface ColumnsChartHandle {
  update(picture: ColumnsPicture): void;
  destroy(): void;
}

export function drawColumns(canvas: HTMLCanvasElement): ColumnsChartHandle {
  const chart = new Chart(canvas, { type: 'bar', data: { datasets: [] }, options: {} });
  return {
    update({ labels, layers }) {
      const palette = colours(canvas);
      Chart.defaults.font.family = palette.font;
      const axis = { stacked: true, ticks: { color: palette.ink3 }, border: { display: false } };
      chart.data = {
        labels: [...labels],
        datasets: layers.map(({ name, counts, colour }) => ({
          label: name,
          data: [...counts],
          backgroundColor: colour(palette),
          maxBarThickness: 36,
        })),
      };
      chart.options = {
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: {
            ...axis,
            grid: { display: false },
            ticks: { color: palette.ink3, maxRotation: 0, autoSkipPadding: 12 },
          },
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
