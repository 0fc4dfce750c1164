package dev.skiffmesh.registry.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * For one client of Kubernetes. When that is closed, so are its connections: by itself it ends its
 * threads alone, and a request that never gets its answer keeps its connection, with another
 * thread, for good.
 */
final class ClosingHttpClients extends JdkHttpClientFactory {

  private final Queue<HttpClient> built = new ConcurrentLinkedQueue<>();

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    HttpClient.Builder builder = super.createNewHttpClientBuilder();
    return (HttpClient.Builder)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {HttpClient.Builder.class},
            (proxy, method, arguments) -> {
              Object result = call(builder, method, arguments);
              if (result instanceof HttpClient client) {
                built.add(client);
              }
              return result instanceof HttpClient.Builder ? proxy : result;
            });
  }

  private static Object call(HttpClient.Builder builder, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(builder, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  protected void closeHttpClient(JdkHttpClientImpl client) {
    super.closeHttpClient(client);
    for (HttpClient one = built.poll(); one != null; one = built.poll()) {
      one.shutdownNow();
    }
  }
}
