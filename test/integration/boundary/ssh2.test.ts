import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { describeBoundary } from './describeBoundary.ts';

describeBoundary('the built-in client', connectSsh2);
