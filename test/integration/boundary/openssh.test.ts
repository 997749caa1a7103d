import { connectOpenssh } from '../../../electron/host/connect/openssh/opensshConnection.ts';
import { describeBoundary } from './describeBoundary.ts';

describeBoundary("the system's ssh", connectOpenssh);
