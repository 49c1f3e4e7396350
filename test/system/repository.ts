/** The repository file of these runs: a small real archive, as a technician would write it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const REPOSITORY_TEXT = `repository: { id: sx, name: 试验档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r301, name: 301 纸质档案库, class: paper, floor: 3, setPoint: { temperature: 20, humidity: 50 } }
  - { id: r302, name: 302 音像档案库, class: av-tape, floor: 3 }
devices:
  - { id: gw-3, name: 三层网关 }
sensors:
  - { id: th-1, room: r301, metrics: [temperature, humidity] }
  - { id: th-2, room: r302, metrics: [temperature, humidity] }
  - { id: sm-1, room: r301, device: gw-3, metrics: [smoke] }
  - { id: sm-2, room: r301, device: gw-3, metrics: [smoke] }
  - { id: sm-3, room: r302, metrics: [smoke] }
doors:
  - { id: d301, room: r301 }
`;

/** Writes it into `folder`, with `more` at its end and `rooms` after its own; gives its path. */
export function writeRepository(folder: string, more = '', rooms = ''): string {
  const path = join(folder, 'repository.yaml');
  writeFileSync(path, REPOSITORY_TEXT.replace('devices:', `${rooms}devices:`) + more);
  return path;
}
