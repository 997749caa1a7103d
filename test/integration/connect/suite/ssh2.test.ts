import { createPassphrases } from '../../../../electron/host/connect/passphrases.ts';
import { createSsh2Engine } from '../../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { describeEngine } from './describeEngine.ts';

describeEngine('the built-in client', createSsh2Engine(createPassphrases()), {
  certificates: false,
  noticesLossWhileAsking: true,
});
