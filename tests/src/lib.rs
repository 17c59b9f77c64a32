//! The harness: a world with a virtual clock and actors who speak HTTP.
