/**
 * Before a command of the shell: file modes hold for it, also where the specs run as root, who may
 * write anything.
 */
export const withoutRights =
  process.getuid?.() === 0 ? 'setpriv --bounding-set=-all --inh-caps=-all ' : ''
