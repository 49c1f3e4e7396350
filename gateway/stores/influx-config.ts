/** How an InfluxDB is reached. */

export interface InfluxConfig {
  /** `http://host:8086`, `https://…`. */
  readonly url: string;
  /** Database (1.x, 3.x) or bucket (2.x); the hourly roll-ups are in the one with `_1h` behind it. */
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** 2.x: the organization's name. */
  readonly org?: string | undefined;
  /** No answer within this is "unavailable". */
  readonly timeoutMs: number;
}

/** Which of the three protocols a server speaks, with its version for people. */
export interface InfluxVersion {
  readonly major: 1 | 2 | 3;
  readonly full: string;
}

/** The name of the database with the hourly roll-ups. */
export function hourlyDatabase(database: string): string {
  return `${database}_1h`;
}
