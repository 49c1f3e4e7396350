/** A value that is tried by hand. */
export const trial = {
  trial: {
    title: 'Try a value',
    hint: 'Played by the rules, limits and plans as they are now: no alarm comes of it, nobody is told, nothing is stored.',
    value: 'Supposed value',
    before: 'Value before',
    beforeHint: 'as if it had held for 24 h; rules that look at a day need it',
    unknown: 'unknown',
    minutes: 'For',
    ask: 'Try it',
    asked: 'Supposed: {metric} {value} in {room}, for {span}',
    sensors: 'Sensors: {sensors}.',
    nothing: 'No alarm would come of it.',
    atOnce: 'at once',
    after: 'after {span}',
    raised: 'Alarm: {name}',
    risen: 'Rises: {name}',
    count: '{count} sensor | {count} sensors',
    later: 'only if it goes on',
    plan: 'Plan starts {when}: {plan}',
    told: 'Told: {people}',
    nobody: 'Nobody would be told: no address is entered, or no plan starts.',
    standing: 'The value before raises these already',
    quiet: 'These rules stay quiet',
    limits:
      'This one room alone is played; several rooms at once, people acknowledging and lost data are not. It is played for 24 h at most.',
  },
};
