/** `<repository>.<id>`, whether the id came qualified or local. Local ids hold no dot. */
export function qualified(repository: string, id: string): string {
  return id.includes('.') ? id : `${repository}.${id}`;
}

/** The part of a qualified id after its repository. */
export function localPart(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}
