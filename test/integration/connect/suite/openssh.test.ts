import { connectOpenssh } from '../../../../electron/host/connect/openssh/opensshConnection.ts';
import { describeEngine } from './describeEngine.ts';

describeEngine("the system's ssh", connectOpenssh, { certificates: true, noticesLossWhileAsking: false });
