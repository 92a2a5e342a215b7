using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace GanSharp.Samples;

/// <summary>Refuses what an option doesn't allow in one line with its name, the rule and the value, before any work is done.</summary>
internal static class SampleOptions
{
    /// <summary>A number from <paramref name="smallest"/> on.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T smallest)
        where T : struct, INumber<T>
    {
        option.CustomParser = argument => Number(option.Name, argument, smallest);
        return option;
    }

    /// <summary>The same where the option may be left out.</summary>
    public static Option<T?> AtLeast<T>(this Option<T?> option, T smallest)
        where T : struct, INumber<T>
    {
        option.CustomParser = argument => Number(option.Name, argument, smallest);
        return option;
    }

    /// <summary>One of the names.</summary>
    public static Option<string> OneOf(this Option<string> option, params string[] names)
    {
        option.CustomParser = argument => Among(option.Name, argument, names);
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>One of the names.</summary>
    public static Argument<string> OneOf(this Argument<string> argument, params string[] names)
    {
        argument.CustomParser = result => Among(argument.Name, result, names);
        argument.CompletionSources.Add(names);
        return argument;
    }

    /// <summary>One of the type's names, in any case.</summary>
    public static Option<T> OneOfItsNames<T>(this Option<T> option)
        where T : struct, Enum
    {
        option.CustomParser = argument => Enum.TryParse<T>(Among(option.Name, argument, Enum.GetNames<T>()), out var value) ? value : default;
        return option;
    }

    /// <summary>Leaves the list of all options to --help: a mistake gets a line.</summary>
    public static ParseResult WithoutHelp(this ParseResult parsed)
    {
        if (parsed.Action is ParseErrorAction mistake)
            mistake.ShowHelp = false;
        return parsed;
    }

    private static T Number<T>(string name, ArgumentResult argument, T smallest)
        where T : struct, INumber<T>
    {
        var text = argument.Tokens.Single().Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= smallest && T.IsFinite(value))
            return value;
        var kind = T.One / (T.One + T.One) == T.Zero ? "a whole number" : "a number";
        argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be {kind} of at least {smallest} but is '{text}'."));
        return default;
    }

    private static string Among(string name, ArgumentResult argument, string[] names)
    {
        var text = argument.Tokens.Single().Value;
        if (names.FirstOrDefault(allowed => allowed.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
            return known;
        argument.AddError($"{name} must be {string.Join(", ", names[..^1])} or {names[^1]} but is '{text}'.");
        return text;
    }
}
