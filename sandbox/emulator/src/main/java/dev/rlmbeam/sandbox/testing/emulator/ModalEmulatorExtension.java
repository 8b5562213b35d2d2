package dev.rlmbeam.sandbox.testing.emulator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A {@link ModalEmulator} for tests with JUnit 5: one for all tests of a class where it is a static
 * field, else one for each test. Tests take it as a parameter, or from {@link #emulator()}. One
 * thread at a time.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ModalEmulatorExtension MODAL =
 *     ModalEmulatorExtension.with(EmulatorOptions.defaults());
 *
 * @Test
 * void opensASandbox(ModalEmulator modal) {
 *   …
 *   assertThat(modal.runningSandboxes()).isEmpty();
 * }
 * }</pre>
 */
public final class ModalEmulatorExtension
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver {
  private final EmulatorOptions options;
  private @Nullable ModalEmulator emulator;
  private boolean forAll;

  private ModalEmulatorExtension(EmulatorOptions options) {
    this.options = options;
  }

  /** One that is started like this. */
  public static ModalEmulatorExtension with(EmulatorOptions options) {
    return new ModalEmulatorExtension(options);
  }

  /**
   * The one that runs.
   *
   * @throws IllegalStateException outside of tests
   */
  public ModalEmulator emulator() {
    if (emulator == null) {
      throw new IllegalStateException("the emulator runs while tests do: add @RegisterExtension");
    }
    return emulator;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws InterruptedException {
    emulator = ModalEmulator.start(options);
    forAll = true;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws InterruptedException {
    if (!forAll) {
      emulator = ModalEmulator.start(options);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!forAll) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
    forAll = false;
  }

  private void close() {
    if (emulator != null) {
      emulator.close();
      emulator = null;
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ModalEmulator.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return emulator();
  }
}
