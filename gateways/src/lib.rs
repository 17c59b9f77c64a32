//! The outside: payment gateways behind one small port.
