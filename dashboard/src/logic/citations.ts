/** How the data names what no standard says: the repository's own proposal. */
export const OWN_STANDARD = '本馆自定';
