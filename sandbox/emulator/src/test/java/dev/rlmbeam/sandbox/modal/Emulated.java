package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.net.URI;
import java.time.Duration;

/** An emulator, and our client's way to it. Whoever starts it closes it. */
final class Emulated implements AutoCloseable {
  final ModalEmulator emulator;

  private Emulated(ModalEmulator emulator) {
    this.emulator = emulator;
  }

  static Emulated start() throws InterruptedException {
    return start(EmulatorOptions.defaults());
  }

  static Emulated start(EmulatorOptions options) throws InterruptedException {
    return new Emulated(ModalEmulator.start(options));
  }

  ModalConfig config() {
    return ModalConfig.of(new ModalToken(emulator.tokenId(), emulator.tokenSecret()))
        .withServerUrl(URI.create(emulator.serverUrl()));
  }

  TunnelTrust trust() {
    return TunnelTrust.alsoIn(emulator.caCertificate());
  }

  ModalOptions options() {
    return ModalOptions.defaults()
        .withCreatesPerSecond(1000)
        .withStartTimeout(Duration.ofSeconds(60))
        .withTrust(trust());
  }

  ModalSandboxes sandboxes() {
    return ModalSandboxes.create(config(), options());
  }

  @Override
  public void close() {
    emulator.close();
  }
}
