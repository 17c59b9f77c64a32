//! Servers that speak the payment gateways' protocols, for trying and testing.
