using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace GanSharp.Networks;

/// <summary>
/// Finds layers that a subclass keeps in a field but never registered: TorchSharp silently doesn't train, move or save them.
/// </summary>
internal static class RegistrationCheck
{
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "TorchSharp registers layers by the same fields: a program that trims them has no network.")]
    public static void ThrowIfUnregistered(Module network)
    {
        var registered = network.named_modules().Select(named => (object)named.module)
            .Concat(network.named_parameters().Select(named => named.parameter)).ToHashSet(ReferenceEqualityComparer.Instance);
        for (var type = network.GetType(); type is not null && type != typeof(Module); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (type.Assembly == typeof(Module).Assembly || Missing(field.GetValue(network), registered) is not { } missing)
                    continue;
                var name = network.GetType().Name;
                var inCollection = field.GetValue(network) is ICollection and not Module;
                throw new NetworkException(inCollection
                    ? $"{name}: the list '{field.Name}' holds a {missing} that isn't registered, so it would neither train nor be saved. Call register_module for each layer in the constructor of {name}, or use a ModuleList or Sequential."
                    : $"{name}: the field '{field.Name}' ({missing}) isn't registered, so it would neither train nor be saved. Call RegisterComponents() at the end of the constructor of {name}.");
            }
        }
    }

    private static string? Missing(object? value, HashSet<object> registered) => value switch
    {
        Parameter or Module when registered.Contains(value) => null,
        Parameter => nameof(Parameter),
        Module module => module.GetType().Name,
        IDictionary dictionary => Missing(dictionary.Values, registered),
        ICollection items => items.Cast<object?>().Select(item => Missing(item, registered)).FirstOrDefault(missing => missing is not null),
        _ => null,
    };
}
