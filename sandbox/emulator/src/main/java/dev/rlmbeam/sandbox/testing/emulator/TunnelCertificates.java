package dev.rlmbeam.sandbox.testing.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** The tunnels' certificate, and the authority of this very emulator that has signed it. */
final class TunnelCertificates {
  private static final int DAYS = 365;

  private final HeldCertificate authority;
  private final SSLContext context;

  TunnelCertificates() {
    authority =
        new HeldCertificate.Builder()
            .certificateAuthority(0)
            .commonName("rlm-beam emulator of Modal")
            .duration(DAYS, TimeUnit.DAYS)
            .build();
    HeldCertificate server =
        new HeldCertificate.Builder()
            .signedBy(authority)
            .commonName("localhost")
            .addSubjectAlternativeName("localhost")
            .addSubjectAlternativeName("127.0.0.1")
            .duration(DAYS, TimeUnit.DAYS)
            .build();
    context = new HandshakeCertificates.Builder().heldCertificate(server).build().sslContext();
  }

  SSLContext context() {
    return context;
  }

  /** Writes the authority where everybody can read it. */
  void write(Path pem) throws IOException {
    Files.writeString(pem, authority.certificatePem());
    Files.setPosixFilePermissions(pem, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
