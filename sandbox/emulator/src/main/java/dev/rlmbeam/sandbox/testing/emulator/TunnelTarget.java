package dev.rlmbeam.sandbox.testing.emulator;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Whose tunnel it is. Called by the tunnels' thread, so nothing here may block. */
interface TunnelTarget {
  /** The port of this machine behind which the program listens. */
  int hostPort();

  /** Whether this client may connect. */
  boolean admits(InetAddress client);

  /** Somebody is connected now. */
  void connected();

  /** Somebody is not any more. */
  void disconnected();

  /** How long bytes take, each way. */
  Duration latency();

  /** What is to go wrong with a new connection. */
  Optional<InjectedFault> fault();

  /** It has gone wrong. */
  void struck(InjectedFault fault);
}
