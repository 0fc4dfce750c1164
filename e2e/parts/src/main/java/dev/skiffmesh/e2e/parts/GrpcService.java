package dev.skiffmesh.e2e.parts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A small real gRPC service on loopback with one unary method that takes and answers a text; no
 * generated code. Thread-safe.
 */
public final class GrpcService implements AutoCloseable {

  /** {@code skiff.e2e.Echo/Say}: the answer is {@link #id()}, a space, and what was asked. */
  public static final MethodDescriptor<String, String> SAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("skiff.e2e.Echo/Say")
          .setRequestMarshaller(Text.INSTANCE)
          .setResponseMarshaller(Text.INSTANCE)
          .build();

  private final String name;
  private final SortedMap<String, String> labels;
  private final ExecutorService threads;
  private final Server server;
  private final LongAdder calls = new LongAdder();

  private GrpcService(String name, Map<String, String> labels, int port) throws IOException {
    this.name = name;
    this.labels = new TreeMap<>(labels);
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("grpc-service-" + name + "-", 0).factory());
    this.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
            .executor(threads)
            .addService(
                ServerServiceDefinition.builder("skiff.e2e.Echo")
                    .addMethod(
                        SAY,
                        ServerCalls.asyncUnaryCall(
                            (request, response) -> {
                              response.onNext(answer(request));
                              response.onCompleted();
                            }))
                    .build())
            .build()
            .start();
  }

  /** Starts a service on a free port. */
  public static GrpcService start(String name, Map<String, String> labels) {
    return start(name, labels, 0);
  }

  /**
   * Starts a service.
   *
   * @param name of the service, for its id
   * @param labels of this instance; {@code version} is part of its id
   * @param port to listen on, 0 for any
   * @throws UncheckedIOException if it cannot listen there
   */
  public static GrpcService start(String name, Map<String, String> labels, int port) {
    try {
      return new GrpcService(name, labels, port);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on port " + port, e);
    }
  }

  /**
   * Calls {@link #SAY} and waits for the answer.
   *
   * @throws io.grpc.StatusRuntimeException if the call fails or takes longer than 10 s
   */
  public static String say(Channel channel, String text) {
    return ClientCalls.blockingUnaryCall(
        channel, SAY, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), text);
  }

  /** For example {@code quote-v1@127.0.0.1:9001}. */
  public String id() {
    String version = labels.get("version");
    return name + (version == null ? "" : "-" + version) + "@127.0.0.1:" + port();
  }

  /** The labels that it was started with. */
  public SortedMap<String, String> labels() {
    return new TreeMap<>(labels);
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** How many calls have come in. */
  public long calls() {
    return calls.sum();
  }

  /** Stops listening at once; calls in flight are cut. */
  @Override
  public void close() {
    server.shutdownNow();
    threads.shutdownNow();
  }

  private String answer(String request) {
    calls.increment();
    return id() + " " + request;
  }

  private enum Text implements MethodDescriptor.Marshaller<String> {
    INSTANCE;

    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
