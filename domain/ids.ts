/** Ids: what names a thing inside its repository, and how it is written outside it. */

/** `[a-z0-9][a-z0-9-]{0,62}`: a local id, unique inside its repository. */
export const LOCAL_ID_PATTERN = '^[a-z0-9][a-z0-9-]{0,62}$';

const localId = new RegExp(LOCAL_ID_PATTERN);

/** Ids that the native topics use themselves and nobody else may take. */
export const RESERVED_IDS: readonly string[] = ['gateway', 'alarm', 'system'];

/** An id as written outside its repository: `<repository>.<id>`. */
export type QualifiedId = string;

/** Whether `id` may name a repository, room, sensor, door or device. */
export function isLocalId(id: string): boolean {
  return localId.test(id);
}

/** `<repository>.<id>`. */
export function qualify(repository: string, id: string): QualifiedId {
  return `${repository}.${id}`;
}

/** The two halves of a qualified id; `undefined` when it is not one. */
export function splitQualified(
  qualified: QualifiedId,
): { readonly repository: string; readonly id: string } | undefined {
  const dot = qualified.indexOf('.');
  if (dot <= 0 || dot === qualified.length - 1) return undefined;
  return { repository: qualified.slice(0, dot), id: qualified.slice(dot + 1) };
}
