package dev.rlmbeam.sandbox.modal;

import com.google.protobuf.Empty;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsSetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import io.grpc.MethodDescriptor;
import java.util.regex.Pattern;

/**
 * Modal's two kinds of sandboxes, which have twin calls. Which kind a sandbox is shows from its id
 * alone, whatever was asked for; so do Modal's own SDKs. Immutable.
 */
final class SandboxBackend {
  /** The older one, and the only one with GPUs. */
  static final SandboxBackend V1 =
      new SandboxBackend(
          ModalClientGrpc.getSandboxWaitMethod(),
          ModalClientGrpc.getSandboxGetTunnelsMethod(),
          ModalClientGrpc.getSandboxTerminateMethod(),
          ModalClientGrpc.getSandboxTagsSetMethod());

  /** The newer one, which starts more of them and faster. */
  static final SandboxBackend V2 =
      new SandboxBackend(
          ModalClientGrpc.getSandboxWaitV2Method(),
          ModalClientGrpc.getSandboxGetTunnelsV2Method(),
          ModalClientGrpc.getSandboxTerminateV2Method(),
          ModalClientGrpc.getSandboxTagsSetV2Method());

  private static final Pattern OLD_ID = Pattern.compile("sb-[0-9A-Za-z]{22}");

  final MethodDescriptor<SandboxWaitRequest, SandboxWaitResponse> wait;
  final MethodDescriptor<SandboxGetTunnelsRequest, SandboxGetTunnelsResponse> tunnels;
  final MethodDescriptor<SandboxTerminateRequest, SandboxTerminateResponse> terminate;
  final MethodDescriptor<SandboxTagsSetRequest, Empty> setTags;

  private SandboxBackend(
      MethodDescriptor<SandboxWaitRequest, SandboxWaitResponse> wait,
      MethodDescriptor<SandboxGetTunnelsRequest, SandboxGetTunnelsResponse> tunnels,
      MethodDescriptor<SandboxTerminateRequest, SandboxTerminateResponse> terminate,
      MethodDescriptor<SandboxTagsSetRequest, Empty> setTags) {
    this.wait = wait;
    this.tunnels = tunnels;
    this.terminate = terminate;
    this.setTags = setTags;
  }

  static SandboxBackend of(String sandboxId) {
    return OLD_ID.matcher(sandboxId).matches() ? V1 : V2;
  }
}
