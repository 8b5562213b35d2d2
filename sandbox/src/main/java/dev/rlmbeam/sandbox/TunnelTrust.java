package dev.rlmbeam.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Whose certificates are believed: those that this machine's Java believes, and perhaps more. There
 * is no way to believe everybody. Immutable.
 */
public final class TunnelTrust {
  private static final TunnelTrust SYSTEM = new TunnelTrust(List.of());

  private final List<X509Certificate> added;

  private TunnelTrust(List<X509Certificate> added) {
    this.added = List.copyOf(added);
  }

  /** What this machine's Java believes. */
  public static TunnelTrust ofSystem() {
    return SYSTEM;
  }

  /**
   * The same and the authorities of this file.
   *
   * @param pem certificates in PEM or DER
   * @throws SandboxSetupException when there is none in it
   */
  public static TunnelTrust alsoIn(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends java.security.cert.Certificate> read =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      List<X509Certificate> found = new ArrayList<>();
      read.forEach(one -> found.add((X509Certificate) one));
      if (found.isEmpty()) {
        throw new SandboxSetupException("there is no certificate in " + pem);
      }
      return new TunnelTrust(found);
    } catch (NoSuchFileException e) {
      throw new SandboxSetupException("there is no file " + pem, e);
    } catch (IOException | GeneralSecurityException e) {
      throw new SandboxSetupException(
          "the certificate of the authority cannot be read from " + pem + ": " + e.getMessage(), e);
    }
  }

  /** The authorities beside those of the system. */
  public List<X509Certificate> added() {
    return added;
  }
}
