/** Where the rows of the table are: paths with their parameters filled in. */

import type { RouteKey } from '../../server/http/permissions.ts';

export function addressOf(key: RouteKey): { readonly method: 'GET'; readonly url: string } {
  const [method, path = ''] = key.split(' ');
  const url = path
    .replace('/*', '/static/index.css')
    .replace(':indicator', '1.2')
    .replace(':step', 's1')
    .replace(':name', 'nobody')
    .replace('alarms/:id', 'alarms/sx.a1')
    .replace('incidents/:id', 'incidents/sx.i1')
    .replace('rooms/:id', 'rooms/sx.r301')
    .replace(':id', 'sx.none');
  return { method: method as 'GET', url };
}
