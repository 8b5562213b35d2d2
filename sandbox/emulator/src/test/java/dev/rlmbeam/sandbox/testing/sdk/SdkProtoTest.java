package dev.rlmbeam.sandbox.testing.sdk;

import static com.google.common.truth.Truth.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our part of Modal's service has the names, numbers and types of Modal's own. */
@ExtendWith(OfficialSdk.class)
class SdkProtoTest {
  private static final FileDescriptor OURS = Sandbox.getDescriptor().getFile();

  private static String code;

  @BeforeAll
  static void readSdk() throws IOException {
    code = Files.readString(OfficialSdk.bundle(OfficialSdk.NEW));
  }

  @Test
  void isPartOfWhatTheSdkKnows() {
    ProtoComparison comparison = ProtoComparison.of(OURS, SdkProto.parse(code));

    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.compared()).isEqualTo(size(OURS));
    assertThat(comparison.compared()).isGreaterThan(250);
  }

  @Test
  void isPartOfWhatTheOldSdkKnowsButForWhatIsNew() {
    SdkProto old = SdkProto.read(OfficialSdk.bundle(OfficialSdk.OLD));

    List<String> differences = ProtoComparison.of(OURS, old).differences();
    assertThat(
            differences.stream()
                .map(one -> one.replaceFirst(": ours is .* the SDK's is null$", ""))
                .toList())
        .containsExactly(
            "GenericResult_GenericStatus 8",
            "no message SecretSource",
            "SandboxHandleMetadata.app_id",
            "SandboxCreateResponse.metadata",
            "SandboxCreateV2Request.secret_sources",
            "SandboxCreateV2Response.metadata",
            "SandboxWaitResponse.metadata",
            "SandboxGetFromNameRequest.include_terminated",
            "SandboxGetFromNameResponse.metadata");
  }

  /** A change of the SDK, and what it is a change of. */
  private record Change(String from, String to, String what) {}

  private static final List<Change> CHANGES =
      List.of(
          // number and wire type
          new Change(
              "uint32(56).uint32(message.timeout",
              "uint32(64).uint32(message.timeout",
              "Sandbox.timeout_secs"),
          new Change(
              "uint32(13).float(message.retry",
              "uint32(9).double(message.retry",
              "RPCRetryPolicy.retry_after_secs"),
          // type
          new Change(
              "uint32(264).uint32(message.idle",
              "uint32(264).int32(message.idle",
              "Sandbox.idle_timeout_secs"),
          new Change(
              "Resources.encode(message.resources",
              "PortSpecs.encode(message.resources",
              "Sandbox.resources"),
          new Change(
              "networkAccess_NetworkAccessTypeFromJSON(object.",
              "tunnelTypeFromJSON(object.",
              "NetworkAccess.network_access_type"),
          // how often it is there
          new Change(
              "message.customDomain !== \"\"",
              "message.customDomain !== void 0",
              "Sandbox.custom_domain"),
          new Change(
              "for (const v of message.entrypointArgs)",
              "if (message.entrypointArgs !== \"\")",
              "Sandbox.entrypoint_args"),
          new Change(
              "Object.entries(message.experimentalOptionsV2)",
              "for (const v of message.experimentalOptionsV2)",
              "Sandbox.experimental_options_v2"),
          // names of fields and values of enums
          new Change(
              "message.inboundCidrAllowlist",
              "message.inboundCidrs",
              "Sandbox.inbound_cidr_allowlist"),
          new Change(
              "case 4:\n    case \"GENERIC_STATUS_TIMEOUT\"",
              "case 40:\n    case \"GENERIC_STATUS_TIMEOUT\"",
              "GenericResult_GenericStatus 4"),
          // calls
          new Change(
              "name: \"SandboxCreateV2\"", "name: \"SandboxCreateV3\"", "rpc SandboxCreateV2"),
          new Change(
              "responseType: SandboxWaitResponse",
              "responseType: SandboxListResponse",
              "rpc SandboxWaitV2"),
          new Change(
              "responseType: TaskLogsBatch,\n      responseStream: true",
              "responseType: TaskLogsBatch,\n      responseStream: false",
              "rpc SandboxGetLogs"));

  @Test
  void everyKindOfDifferenceIsSeen() {
    String changed = code;
    for (Change change : CHANGES) {
      assertThat(changed).contains(change.from);
      changed = changed.replace(change.from, change.to);
    }

    String differences = ProtoComparison.of(OURS, SdkProto.parse(changed)).differences().toString();
    for (Change change : CHANGES) {
      assertThat(differences).contains(change.what + ": ours is ");
    }
  }

  @Test
  void aWrongNumberOfOursIsSeen() throws DescriptorValidationException {
    FileDescriptor changed =
        changed(
            file -> {
              int sandbox = Sandbox.getDescriptor().getIndex();
              file.getMessageTypeBuilder(sandbox)
                  .getFieldBuilder(Sandbox.getDescriptor().findFieldByName("image_id").getIndex())
                  .setNumber(300);
              return file;
            });

    assertThat(ProtoComparison.of(changed, SdkProto.parse(code)).differences())
        .containsExactly(
            "Sandbox.image_id: ours is Field[tag=2402, type=string, enumType=, label=PLAIN], the"
                + " SDK's is Field[tag=26, type=string, enumType=, label=PLAIN]");
  }

  private static FileDescriptor changed(UnaryOperator<FileDescriptorProto.Builder> change)
      throws DescriptorValidationException {
    FileDescriptorProto proto = change.apply(OURS.toProto().toBuilder()).build();
    return FileDescriptor.buildFrom(proto, OURS.getDependencies().toArray(new FileDescriptor[0]));
  }

  private static int size(FileDescriptor file) {
    int size = file.getServices().stream().mapToInt(one -> one.getMethods().size()).sum();
    size += file.getEnumTypes().stream().mapToInt(one -> one.getValues().size()).sum();
    return size + size(file.getMessageTypes());
  }

  private static int size(List<Descriptor> messages) {
    int size = 0;
    for (Descriptor message : messages) {
      size += message.getFields().size() + size(message.getNestedTypes());
      size += message.getEnumTypes().stream().mapToInt(one -> one.getValues().size()).sum();
    }
    return size;
  }
}
